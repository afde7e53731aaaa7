import eu.europa.esig.dss.alert.SilentOnStatusAlert;
import eu.europa.esig.dss.enumerations.CommitmentTypeEnum;
import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.EncryptionAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureLevel;
import eu.europa.esig.dss.enumerations.SignaturePackaging;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.Policy;
import eu.europa.esig.dss.model.SignaturePolicyStore;
import eu.europa.esig.dss.model.SignatureValue;
import eu.europa.esig.dss.model.SignerLocation;
import eu.europa.esig.dss.model.SpDocSpecification;
import eu.europa.esig.dss.model.ToBeSigned;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.spi.x509.tsp.KeyEntityTSPSource;
import eu.europa.esig.dss.xades.XAdESSignatureParameters;
import eu.europa.esig.dss.xades.XAdESTimestampParameters;
import eu.europa.esig.dss.xades.reference.Base64Transform;
import eu.europa.esig.dss.xades.reference.CanonicalizationTransform;
import eu.europa.esig.dss.xades.reference.DSSReference;
import eu.europa.esig.dss.xades.reference.DSSTransform;
import eu.europa.esig.dss.xades.reference.EnvelopedSignatureTransform;
import eu.europa.esig.dss.xades.reference.XPath2FilterTransform;
import eu.europa.esig.dss.xades.reference.XPathTransform;
import eu.europa.esig.dss.xades.signature.ManifestBuilder;
import eu.europa.esig.dss.xades.signature.XAdESCounterSignatureParameters;
import eu.europa.esig.dss.xades.signature.XAdESService;
import eu.europa.esig.dss.xml.common.definition.DSSNamespace;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilderFactory;

/**
 * Signs, augments and counter-signs XML files with EU DSS; one job per line of standard input, one line of answer each: the job's
 * "out", a tab, and "ok" or the reason why not. The only argument is the password of all PKCS#12 files.
 *
 * A job is words "name=value" with tabs between them; nothing is fetched. Names ("," separates values of a list):
 *   do         sign | extend | countersign | store (a policy document into its SignaturePolicyStore)
 *   from       files to sign (list), or the one file to change
 *   out        file to write
 *   key, tsa   PKCS#12 files
 *   trust, crl folders with the anchors and the CRLs, DER
 *   at         signing time and time of the time-stamps, RFC 3339
 *   level      B T LT LTA C X XL A
 *   packaging  ENVELOPED ENVELOPING DETACHED INTERNALLY_DETACHED
 *   detached   signed data of a detached signature (list)
 *   target     countersign: position of the signature to be counter-signed, in document order
 *   encryption RSA RSASSA_PSS ECDSA · digest SHA1 SHA256 SHA384 SHA512 ...
 *   c14n       algorithm of SignedInfo, SignedProperties, KeyInfo and time-stamps · uri with transforms of the one reference:
 *              enveloped base64 xpath:EXPRESSION subtract:EXPRESSION or the URI of a canonicalization (list)
 *   policy     implied | FILE (explicit, with digest) · role · commitment · city
 *   with       v1 (no EN 319 132 properties), keyinfo (signed), content (content time-stamp), embed (XML in the Object),
 *              manifest (of the files), subject (X509SubjectName), default-namespace (no prefix ds) (list)
 */
public final class DssWriter {

    private static final String POLICY = "http://example.test/policy/1";

    private final Map<String, String> job = new HashMap<>();
    private final char[] password;

    private DssWriter(String line, char[] password) {
        for (String word : line.split("\t")) {
            int eq = word.indexOf('=');
            job.put(word.substring(0, eq), word.substring(eq + 1));
        }
        this.password = password;
    }

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null; ) {
            DssWriter writer = new DssWriter(line, args[0].toCharArray());
            String answer = "ok";
            try {
                writer.work().save(writer.job.get("out"));
            } catch (Exception e) {
                answer = String.valueOf(e).replaceAll("\\s+", " ");
            }
            System.out.println(writer.job.get("out") + "\t" + answer);
        }
    }

    private DSSDocument work() throws Exception {
        XAdESService service = new XAdESService(verifier());
        KeyEntityTSPSource tsp = tsp();
        if (tsp != null) {
            service.setTspSource(tsp);
        }
        List<DSSDocument> documents = documents("from");
        switch (job.get("do")) {
            case "sign": return sign(service, documents);
            case "countersign": return countersign(service, documents.get(0));
            case "store": return store(service, documents.get(0));
            case "extend":
                XAdESSignatureParameters parameters = new XAdESSignatureParameters();
                parameters.setDetachedContents(documents("detached"));
                return service.extendDocument(documents.get(0), general(parameters));
            default: throw new IllegalArgumentException(job.get("do"));
        }
    }

    private DSSDocument sign(XAdESService service, List<DSSDocument> given) throws Exception {
        List<DSSDocument> documents = given;
        KeyStore.PrivateKeyEntry key = key("key");
        XAdESSignatureParameters parameters = general(new XAdESSignatureParameters());
        parameters.setSignaturePackaging(SignaturePackaging.valueOf(job.get("packaging")));
        certificates(parameters, key);
        if (has("manifest")) {
            documents = Collections.singletonList(new ManifestBuilder(DigestAlgorithm.SHA256, given).build());
            parameters.setManifestSignature(true);
            parameters.setDetachedContents(given);
        }
        if (job.containsKey("uri")) {
            parameters.setReferences(Collections.singletonList(reference(documents.get(0))));
        }
        if (has("content")) {
            parameters.setContentTimestamps(Collections.singletonList(service.getContentTimestamp(documents, parameters)));
        }
        if (documents.size() == 1) {
            DSSDocument one = documents.get(0);
            return service.signDocument(one, parameters, value(service.getDataToSign(one, parameters), parameters, key));
        }
        return service.signDocument(documents, parameters, value(service.getDataToSign(documents, parameters), parameters, key));
    }

    private DSSDocument countersign(XAdESService service, DSSDocument document) throws Exception {
        KeyStore.PrivateKeyEntry key = key("key");
        XAdESCounterSignatureParameters parameters = new XAdESCounterSignatureParameters();
        general(parameters);
        parameters.setDetachedContents(documents("detached"));
        certificates(parameters, key);
        parameters.setSignatureIdToCounterSign(identifier(document, Integer.parseInt(job.get("target"))));
        if (job.containsKey("c14n")) {
            parameters.setCounterSignatureCanonicalizationMethod(job.get("c14n"));
        }
        ToBeSigned octets = service.getDataToBeCounterSigned(document, parameters);
        return service.counterSignSignature(document, parameters, value(octets, parameters, key));
    }

    private DSSDocument store(XAdESService service, DSSDocument document) {
        SignaturePolicyStore store = new SignaturePolicyStore();
        store.setSignaturePolicyContent(new FileDocument(job.get("policy")));
        SpDocSpecification specification = new SpDocSpecification();
        specification.setId(POLICY);
        store.setSpDocSpecification(specification);
        return service.addSignaturePolicyStore(document, store);
    }

    private static String identifier(DSSDocument document, int position) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        try (InputStream octets = document.openStream()) {
            NodeList signatures = factory.newDocumentBuilder().parse(octets).getElementsByTagNameNS("http://www.w3.org/2000/09/xmldsig#", "Signature");
            return ((Element) signatures.item(position)).getAttribute("Id");
        }
    }

    // ---- parameters ----

    private <P extends XAdESSignatureParameters> P general(P parameters) throws IOException {
        String level = job.getOrDefault("level", "B");
        boolean baseline = Arrays.asList("B", "T", "LT", "LTA").contains(level);
        parameters.setSignatureLevel(SignatureLevel.valueOf("XAdES_" + (baseline ? "BASELINE_" : "") + level));
        parameters.setDigestAlgorithm(DigestAlgorithm.valueOf(job.getOrDefault("digest", "SHA256")));
        parameters.bLevel().setSigningDate(at());
        parameters.setEn319132(!has("v1"));
        parameters.setSignKeyInfo(has("keyinfo"));
        parameters.setEmbedXML(has("embed"));
        parameters.setAddX509SubjectName(has("subject"));
        if (has("default-namespace")) {
            parameters.setXmldsigNamespace(new DSSNamespace("http://www.w3.org/2000/09/xmldsig#", ""));
        }
        if (job.containsKey("c14n")) {
            String method = job.get("c14n");
            parameters.setSignedInfoCanonicalizationMethod(method);
            parameters.setSignedPropertiesCanonicalizationMethod(method);
            parameters.setKeyInfoCanonicalizationMethod(method);
            for (XAdESTimestampParameters stamp : Arrays.asList(parameters.getContentTimestampParameters(),
                    parameters.getSignatureTimestampParameters(), parameters.getArchiveTimestampParameters())) {
                stamp.setCanonicalizationMethod(method);
            }
        }
        claims(parameters);
        return parameters;
    }

    private void claims(XAdESSignatureParameters parameters) throws IOException {
        if (job.containsKey("role")) {
            parameters.bLevel().setClaimedSignerRoles(Collections.singletonList(job.get("role")));
        }
        if (job.containsKey("commitment")) {
            parameters.bLevel().setCommitmentTypeIndications(Collections.singletonList(CommitmentTypeEnum.valueOf(job.get("commitment"))));
        }
        if (job.containsKey("city")) {
            SignerLocation place = new SignerLocation();
            place.setLocality(job.get("city"));
            parameters.bLevel().setSignerLocation(place);
        }
        if (job.containsKey("policy") && !"store".equals(job.get("do"))) {
            Policy policy = new Policy();
            if (!"implied".equals(job.get("policy"))) {
                policy.setId(POLICY);
                policy.setDigestAlgorithm(DigestAlgorithm.SHA256);
                policy.setDigestValue(DSSUtils.digest(DigestAlgorithm.SHA256, Files.readAllBytes(Paths.get(job.get("policy")))));
            }
            parameters.bLevel().setSignaturePolicy(policy);
        }
    }

    private void certificates(XAdESSignatureParameters parameters, KeyStore.PrivateKeyEntry key) {
        parameters.setSigningCertificate(token(key.getCertificate()));
        List<CertificateToken> chain = new ArrayList<>();
        for (Certificate one : key.getCertificateChain()) {
            chain.add(token(one));
        }
        parameters.setCertificateChain(chain);
        if (job.containsKey("encryption")) {
            parameters.setEncryptionAlgorithm(EncryptionAlgorithm.valueOf(job.get("encryption")));
        }
    }

    private DSSReference reference(DSSDocument contents) {
        List<DSSTransform> transforms = new ArrayList<>();
        for (String name : job.get("transforms").split(",")) {
            if (name.equals("enveloped")) {
                transforms.add(new EnvelopedSignatureTransform());
            } else if (name.equals("base64")) {
                transforms.add(new Base64Transform());
            } else if (name.startsWith("xpath:")) {
                transforms.add(new XPathTransform(name.substring(6)));
            } else if (name.startsWith("subtract:")) {
                transforms.add(new XPath2FilterTransform(name.substring(9), "subtract"));
            } else {
                transforms.add(new CanonicalizationTransform(name));
            }
        }
        DSSReference reference = new DSSReference();
        reference.setId("r-1");
        reference.setUri(job.get("uri"));
        reference.setContents(contents);
        reference.setDigestMethodAlgorithm(DigestAlgorithm.SHA256);
        reference.setTransforms(transforms);
        return reference;
    }

    // ---- keys and evidence ----

    private SignatureValue value(ToBeSigned octets, XAdESSignatureParameters parameters, KeyStore.PrivateKeyEntry key) throws Exception {
        SignatureAlgorithm algorithm = parameters.getSignatureAlgorithm();
        Signature signature = Signature.getInstance(algorithm.getJCEId(), new BouncyCastleProvider());
        signature.initSign(key.getPrivateKey());
        signature.update(octets.getBytes());
        return new SignatureValue(algorithm, signature.sign());
    }

    private KeyStore.PrivateKeyEntry key(String name) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream octets = Files.newInputStream(Paths.get(job.get(name)))) {
            store.load(octets, password);
        }
        return (KeyStore.PrivateKeyEntry) store.getEntry(store.aliases().nextElement(), new KeyStore.PasswordProtection(password));
    }

    private KeyEntityTSPSource tsp() throws Exception {
        if (!job.containsKey("tsa")) {
            return null;
        }
        KeyStore.PrivateKeyEntry key = key("tsa");
        List<CertificateToken> chain = new ArrayList<>();
        for (Certificate one : key.getCertificateChain()) {
            chain.add(token(one));
        }
        KeyEntityTSPSource source = new KeyEntityTSPSource(key.getPrivateKey(), token(key.getCertificate()), chain);
        source.setTsaPolicy("1.2.3.4");
        source.setProductionTime(at());
        return source;
    }

    /** Nothing is held up by what DSS thinks of times: they are those of the test world, not of the machine. */
    private CommonCertificateVerifier verifier() throws Exception {
        CommonCertificateVerifier verifier = new CommonCertificateVerifier(true);
        verifier.setAIASource(null);
        SilentOnStatusAlert silent = new SilentOnStatusAlert();
        verifier.setAlertOnExpiredCertificate(silent);
        verifier.setAlertOnNotYetValidCertificate(silent);
        verifier.setAlertOnNoRevocationAfterBestSignatureTime(silent);
        verifier.setAlertOnUncoveredPOE(silent);
        if (job.containsKey("trust")) {
            CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
            for (DSSDocument one : folder("trust")) {
                trusted.addCertificate(DSSUtils.loadCertificate(one.openStream()));
            }
            verifier.setTrustedCertSources(trusted);
        }
        if (job.containsKey("crl")) {
            verifier.setCrlSource(new ExternalResourcesCRLSource(folder("crl").toArray(new DSSDocument[0])));
        }
        return verifier;
    }

    private static CertificateToken token(Certificate certificate) {
        return new CertificateToken((java.security.cert.X509Certificate) certificate);
    }

    // ---- words of the job ----

    private boolean has(String word) {
        return Arrays.asList(job.getOrDefault("with", "").split(",")).contains(word);
    }

    private Date at() {
        return Date.from(Instant.parse(job.get("at")));
    }

    private List<DSSDocument> documents(String name) {
        List<DSSDocument> found = new ArrayList<>();
        for (String path : job.getOrDefault(name, "").split(",")) {
            if (!path.isEmpty()) {
                found.add(new FileDocument(path));
            }
        }
        return found;
    }

    private List<DSSDocument> folder(String name) throws IOException {
        List<DSSDocument> found = new ArrayList<>();
        try (Stream<Path> paths = Files.list(Paths.get(job.get(name)))) {
            paths.sorted().forEach(path -> found.add(new FileDocument(path.toFile())));
        }
        return found;
    }
}
