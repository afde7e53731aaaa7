import eu.europa.esig.dss.alert.SilentOnStatusAlert;
import eu.europa.esig.dss.enumerations.CommitmentTypeEnum;
import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.EncryptionAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureLevel;
import eu.europa.esig.dss.enumerations.SignaturePackaging;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.SignatureValue;
import eu.europa.esig.dss.model.SignerLocation;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.spi.x509.tsp.KeyEntityTSPSource;
import eu.europa.esig.dss.xades.XAdESSignatureParameters;
import eu.europa.esig.dss.xades.reference.CanonicalizationTransform;
import eu.europa.esig.dss.xades.reference.DSSReference;
import eu.europa.esig.dss.xades.signature.XAdESService;
import eu.europa.esig.dss.xml.common.definition.DSSNamespace;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.w3c.dom.Document;

/**
 * Signs slots of transcripts with EU DSS, and extends the signatures: a job is one line of words "name=value" with tabs between
 * them. Names: do (sign, extend), from, out, key and tsa (PKCS#12), at, stamp (the time of the token, where it is another),
 * level, crl and trust (folders), slot (an XPath), covers (Ids, with commas), links (XPaths of ds:SignatureValue, with "|"), role,
 * digest, encryption, c14n, transform, with (v1, default-namespace, subject, city, keyinfo, no-commitment).
 */
final class DssTranscriptWriter {
    private static final char[] PASSWORD = "insecure".toCharArray();
    private static final String EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
    private final Map<String, String> job = new HashMap<>();

    private DssTranscriptWriter(String line) {
        for (String word : line.split("\t")) {
            job.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
        }
    }

    public static void main(String[] given) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null; ) {
            var writer = new DssTranscriptWriter(line);
            writer.made().save(writer.job.get("out"));
        }
    }

    private DSSDocument made() throws Exception {
        var service = new XAdESService(verifier());
        if (job.containsKey("tsa")) {
            var tsa = key("tsa");
            var source = new KeyEntityTSPSource(tsa.getPrivateKey(), token(tsa.getCertificate()), chain(tsa));
            source.setTsaPolicy("1.2.3.4");
            source.setProductionTime(time(job.getOrDefault("stamp", job.get("at"))));
            service.setTspSource(source);
        }
        var document = new FileDocument(job.get("from"));
        var parameters = new XAdESSignatureParameters();
        parameters.setSignatureLevel(SignatureLevel.valueOf("XAdES_BASELINE_" + job.getOrDefault("level", "B")));
        canonical(parameters);
        if (job.get("do").equals("extend")) {
            return service.extendDocument(document, parameters);
        }
        var holder = key("key");
        parameters.setSignaturePackaging(SignaturePackaging.ENVELOPED);
        parameters.setSigningCertificate(token(holder.getCertificate()));
        parameters.setCertificateChain(List.of(token(holder.getCertificate())));
        parameters.setDigestAlgorithm(DigestAlgorithm.valueOf(job.getOrDefault("digest", "SHA256")));
        if (job.containsKey("encryption")) {
            parameters.setEncryptionAlgorithm(EncryptionAlgorithm.valueOf(job.get("encryption")));
        }
        parameters.setXPathLocationString(job.get("slot"));
        parameters.setXPathElementPlacement(XAdESSignatureParameters.XPathElementPlacement.XPathFirstChildOf);
        parameters.bLevel().setSigningDate(time(job.get("at")));
        if (!job.getOrDefault("role", "").isEmpty()) {
            parameters.bLevel().setClaimedSignerRoles(List.of(job.get("role")));
        }
        if (!has("no-commitment")) {
            parameters.bLevel().setCommitmentTypeIndications(List.of(CommitmentTypeEnum.ProofOfApproval));
        }
        if (has("city")) {
            var place = new SignerLocation();
            place.setLocality("Hà Nội");
            parameters.bLevel().setSignerLocation(place);
        }
        parameters.setEn319132(!has("v1"));
        parameters.setAddX509SubjectName(has("subject"));
        parameters.setSignKeyInfo(has("keyinfo"));
        if (has("default-namespace")) {
            parameters.setXmldsigNamespace(new DSSNamespace("http://www.w3.org/2000/09/xmldsig#", ""));
        }
        parameters.setReferences(references(document));
        var octets = service.getDataToSign(document, parameters);
        var algorithm = parameters.getSignatureAlgorithm();
        var signature = Signature.getInstance(algorithm.getJCEId(), new BouncyCastleProvider());
        signature.initSign(holder.getPrivateKey());
        signature.update(octets.getBytes());
        return service.signDocument(document, parameters, new SignatureValue(algorithm, signature.sign()));
    }

    private void canonical(XAdESSignatureParameters parameters) {
        String method = job.getOrDefault("c14n", EXCLUSIVE);
        parameters.setSignedInfoCanonicalizationMethod(method);
        parameters.setSignedPropertiesCanonicalizationMethod(method);
        parameters.setKeyInfoCanonicalizationMethod(method);
        parameters.getSignatureTimestampParameters().setCanonicalizationMethod(method);
        parameters.getArchiveTimestampParameters().setCanonicalizationMethod(method);
    }

    private List<DSSReference> references(DSSDocument document) throws Exception {
        List<DSSReference> found = new ArrayList<>();
        for (String id : job.get("covers").split(",")) {
            found.add(reference(document, id, found.size()));
        }
        var factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document parsed;
        try (var octets = document.openStream()) {
            parsed = factory.newDocumentBuilder().parse(octets);
        }
        for (String path : job.getOrDefault("links", "").split("\\|")) {
            if (!path.isEmpty()) {
                String id = XPathFactory.newInstance().newXPath().evaluate(path + "/@Id", parsed);
                var link = reference(document, id, found.size());
                link.setType("http://uri.etsi.org/01903#CountersignedSignature");
                found.add(link);
            }
        }
        return found;
    }

    private DSSReference reference(DSSDocument document, String id, int number) {
        var reference = new DSSReference();
        reference.setId("r-" + Integer.toHexString(job.get("slot").hashCode()) + "-" + number);
        reference.setUri("#" + id);
        reference.setContents(document);
        reference.setDigestMethodAlgorithm(DigestAlgorithm.valueOf(job.getOrDefault("digest", "SHA256")));
        String transform = job.getOrDefault("transform", job.getOrDefault("c14n", EXCLUSIVE));
        reference.setTransforms(List.of(new CanonicalizationTransform(transform)));
        return reference;
    }

    private CommonCertificateVerifier verifier() throws Exception {
        var verifier = new CommonCertificateVerifier(true);
        verifier.setAIASource(null);
        var silent = new SilentOnStatusAlert();
        verifier.setAlertOnExpiredCertificate(silent);
        verifier.setAlertOnNotYetValidCertificate(silent);
        verifier.setAlertOnNoRevocationAfterBestSignatureTime(silent);
        verifier.setAlertOnUncoveredPOE(silent);
        verifier.setAlertOnMissingRevocationData(silent);
        verifier.setAlertOnRevokedCertificate(silent);
        if (job.containsKey("trust")) {
            var trusted = new CommonTrustedCertificateSource();
            for (var one : folder("trust")) {
                trusted.addCertificate(DSSUtils.loadCertificate(one.openStream()));
            }
            verifier.setTrustedCertSources(trusted);
        }
        if (job.containsKey("crl")) {
            verifier.setCrlSource(new ExternalResourcesCRLSource(folder("crl").toArray(new DSSDocument[0])));
        }
        if (job.containsKey("certs")) {
            var adjunct = new eu.europa.esig.dss.spi.x509.CommonCertificateSource();
            for (var one : folder("certs")) {
                adjunct.addCertificate(DSSUtils.loadCertificate(one.openStream()));
            }
            verifier.setAdjunctCertSources(adjunct);
        }
        return verifier;
    }

    private List<DSSDocument> folder(String name) throws Exception {
        List<DSSDocument> found = new ArrayList<>();
        try (var paths = Files.list(Path.of(job.get(name)))) {
            paths.sorted().forEach(path -> found.add(new FileDocument(path.toFile())));
        }
        return found;
    }

    private KeyStore.PrivateKeyEntry key(String name) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        try (var octets = Files.newInputStream(Path.of(job.get(name)))) {
            store.load(octets, PASSWORD);
        }
        return (KeyStore.PrivateKeyEntry) store.getEntry(store.aliases().nextElement(), new KeyStore.PasswordProtection(PASSWORD));
    }

    private static List<CertificateToken> chain(KeyStore.PrivateKeyEntry key) {
        List<CertificateToken> found = new ArrayList<>();
        for (var one : key.getCertificateChain()) {
            found.add(token(one));
        }
        return found;
    }

    private static CertificateToken token(java.security.cert.Certificate certificate) {
        return new CertificateToken((java.security.cert.X509Certificate) certificate);
    }

    private boolean has(String word) {
        return Arrays.asList(job.getOrDefault("with", "").split(",")).contains(word);
    }

    private static Date time(String text) {
        return Date.from(Instant.parse(text));
    }
}
