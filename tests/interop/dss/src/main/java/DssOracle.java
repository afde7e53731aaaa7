import eu.europa.esig.dss.diagnostic.CertificateWrapper;
import eu.europa.esig.dss.diagnostic.DiagnosticData;
import eu.europa.esig.dss.diagnostic.PDFRevisionWrapper;
import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.diagnostic.TimestampWrapper;
import eu.europa.esig.dss.diagnostic.jaxb.XmlDigestMatcher;
import eu.europa.esig.dss.diagnostic.jaxb.XmlSignatureScope;
import eu.europa.esig.dss.diagnostic.jaxb.XmlSignerRole;
import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.DigestDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.InMemoryDocument;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonCertificateSource;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.spi.x509.revocation.ocsp.ExternalResourcesOCSPSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.reports.Reports;

import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.cert.CRLException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Validates signed XML / PDF files with EU DSS and prints one JSON object per line and file.
 *
 * Options (in any place; all other arguments are files, a lone "-" reads file names from standard input):
 *   --trust PATH    trust anchors, PEM or DER (several certificates in one file are read)
 *   --certs PATH    further untrusted certificates for chain building
 *   --crl PATH      CRLs (DER or PEM), the only CRL source (nothing is fetched)
 *   --ocsp PATH     OCSP responses (DER)
 *                   Each of the four takes a file or a folder and may be repeated. Of a folder it takes the files of its
 *                   kind, told by content; a file of another kind named by itself, or a folder with none, is bad usage.
 *   --detached FILE signed data of detached signatures, may be repeated; "name=FILE" renames;
 *                   "name=sha256:BASE64" gives a digest only
 *   --time T        validation time, ISO-8601 such as 2026-05-31T00:00:00Z
 *   --policy FILE   validation policy XML (default: DSS' own)
 *   --reports DIR   also write simple / detailed / diagnostic / ETSI reports there
 *   --repeat N      validate each file N times and add "ms" (mean of the runs after the first)
 *   --cpu           add "ms" of each validation, and "cpu_ms", what the thread that validates worked in it
 *   --short         leave out references, scopes, certificates and messages
 *
 * Exit status: 0 when every file was processed (whatever the indication), 1 when a file raised an exception, 2 on bad usage.
 */
public final class DssOracle {

    private final CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
    private final CommonCertificateSource adjunct = new CommonCertificateSource();
    private final List<DSSDocument> crls = new ArrayList<>();
    private final List<DSSDocument> ocsps = new ArrayList<>();
    private final List<DSSDocument> detached = new ArrayList<>();
    private Date time;
    private File policy;
    private Path reportDir;
    private int repeat = 1;
    private boolean brief;
    private boolean timed;

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8.name());
        DssOracle oracle = new DssOracle();
        List<String> files = new ArrayList<>();
        try {
            for (int i = 0; i < args.length; i++) {
                switch (args[i]) {
                    case "--trust": oracle.loadCertificates(Paths.get(args[++i]), true); break;
                    case "--certs": oracle.loadCertificates(Paths.get(args[++i]), false); break;
                    case "--crl": oracle.crls.addAll(documents(Paths.get(args[++i]), Kind.CRL)); break;
                    case "--ocsp": oracle.ocsps.addAll(documents(Paths.get(args[++i]), Kind.OCSP)); break;
                    case "--detached": oracle.detached.add(detachedDocument(args[++i])); break;
                    case "--time": oracle.time = Date.from(Instant.parse(args[++i])); break;
                    case "--policy": oracle.policy = new File(args[++i]); break;
                    case "--reports": oracle.reportDir = Files.createDirectories(Paths.get(args[++i])); break;
                    case "--repeat": oracle.repeat = Integer.parseInt(args[++i]); break;
                    case "--cpu": oracle.timed = true; break;
                    case "--short": oracle.brief = true; break;
                    default: files.add(args[i]);
                }
            }
        } catch (Exception e) {
            System.err.println("bad arguments: " + e);
            System.exit(2);
        }
        if (files.isEmpty()) {
            System.err.println("usage: DssOracle [--trust DIR] [--time ISO] [options] FILE... | -");
            System.exit(2);
        }
        boolean failed = false;
        for (String f : files) {
            if ("-".equals(f)) {
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                for (String line; (line = in.readLine()) != null; ) {
                    if (!line.trim().isEmpty()) {
                        failed |= !oracle.one(line.trim(), out);
                    }
                }
            } else {
                failed |= !oracle.one(f, out);
            }
        }
        System.exit(failed ? 1 : 0);
    }

    private boolean one(String file, PrintStream out) {
        Json j = new Json().put("file", file);
        boolean ok = true;
        try {
            long rest = 0;
            long cpu = 0;
            Reports reports = null;
            for (int n = 0; n < Math.max(1, repeat); n++) {
                long t0 = System.nanoTime();
                long c0 = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                reports = validate(file);
                if (n > 0 || timed) {
                    rest += System.nanoTime() - t0;
                    cpu += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - c0;
                }
            }
            describe(reports, j);
            if (timed || repeat > 1) {
                int runs = timed ? Math.max(1, repeat) : repeat - 1;
                j.put("ms", Math.round(rest / 1e4 / runs) / 100.0);
                j.put("cpu_ms", Math.round(cpu / 1e4 / runs) / 100.0);
            }
            if (reportDir != null) {
                write(reports, Paths.get(file).getFileName().toString());
            }
        } catch (Throwable e) {          // an unreadable document is a result too
            ok = false;
            j.put("error", e.getClass().getName()).put("message", String.valueOf(e.getMessage()));
        }
        out.println(j);
        return ok;
    }

    private Reports validate(String file) {
        CommonCertificateVerifier verifier = new CommonCertificateVerifier(true); // true: no AIA source, so no network
        verifier.setAIASource(null);
        verifier.setTrustedCertSources(trusted);
        verifier.setAdjunctCertSources(adjunct);
        if (!crls.isEmpty()) {
            verifier.setCrlSource(new ExternalResourcesCRLSource(crls.toArray(new DSSDocument[0])));
        }
        if (!ocsps.isEmpty()) {
            verifier.setOcspSource(new ExternalResourcesOCSPSource(ocsps.toArray(new DSSDocument[0])));
        }
        SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(file));
        validator.setCertificateVerifier(verifier);
        if (!detached.isEmpty()) {
            validator.setDetachedContents(detached);
        }
        if (time != null) {
            validator.setValidationTime(time);
        }
        return policy != null ? validator.validateDocument(policy) : validator.validateDocument();
    }

    private void describe(Reports reports, Json j) {
        DiagnosticData data = reports.getDiagnosticData();
        SimpleReport simple = reports.getSimpleReport();
        j.put("validation_time", iso(simple.getValidationTime()));
        j.put("signature_count", data.getAllSignatures().size());             // without counter-signatures
        j.put("counter_signature_count", data.getAllCounterSignatures().size());
        j.put("valid_count", simple.getValidSignaturesCount());
        List<Json> signatures = new ArrayList<>();
        for (SignatureWrapper s : data.getSignatures()) {                     // counter-signatures are listed too
            signatures.add(signature(data, simple, s));
        }
        j.put("signatures", signatures);
        List<Json> timestamps = new ArrayList<>();
        for (TimestampWrapper t : data.getTimestampList()) {
            timestamps.add(timestamp(simple, t));
        }
        j.put("timestamps", timestamps);
    }

    private Json signature(DiagnosticData data, SimpleReport simple, SignatureWrapper s) {
        String id = s.getId();
        Json j = new Json().put("id", id).put("xml_id", s.getDAIdentifier());
        j.put("format", s.getSignatureFormat() == null ? null : s.getSignatureFormat().toString());
        j.put("indication", name(simple.getIndication(id))).put("sub_indication", name(simple.getSubIndication(id)));
        j.put("intact", s.isSignatureIntact()).put("valid", s.isSignatureValid());
        j.put("signing_time", iso(s.getClaimedSigningTime())).put("best_time", iso(simple.getBestSignatureTime(id)));
        j.put("digest", name(s.getDigestAlgorithm())).put("encryption", name(s.getEncryptionAlgorithm()));
        j.put("counter_signature", s.isCounterSignature());
        j.put("parent", s.getParent() == null ? null : s.getParent().getId());
        j.put("counter_signatures", data.getAllCounterSignaturesForMasterSignature(s).size());
        j.put("structure_valid", s.isStructuralValidationValid()).put("duplicated", s.isSignatureDuplicated());
        CertificateWrapper c = s.getSigningCertificate();
        j.put("signer", c == null ? null : c.getCertificateDN()).put("serial", c == null ? null : c.getSerialNumber());
        j.put("trusted_chain", s.isTrustedChain());
        List<String> roles = new ArrayList<>();
        for (XmlSignerRole r : s.getSignerRoles()) {
            roles.add(r.getRole());
        }
        j.put("roles", roles);
        PDFRevisionWrapper pdf = s.getPDFRevision();
        if (pdf != null) {
            j.put("pdf", new Json().put("fields", pdf.getSignatureFieldNames()).put("subfilter", pdf.getSubFilter())
                    .put("byte_range_valid", pdf.isSignatureByteRangeValid())
                    .put("dictionary_consistent", pdf.isPdfSignatureDictionaryConsistent())
                    .put("modified", pdf.arePdfModificationsDetected())
                    .put("objects_modified", pdf.arePdfObjectModificationsDetected())
                    .put("undefined_changes", pdf.getPdfUndefinedChanges().size()));
        }
        if (!brief) {
            List<Json> refs = new ArrayList<>();
            for (XmlDigestMatcher d : s.getDigestMatchers()) {
                refs.add(new Json().put("type", name(d.getType())).put("uri", d.getUri())
                        .put("found", d.isDataFound()).put("intact", d.isDataIntact()));
            }
            j.put("references", refs);
            List<String> scopes = new ArrayList<>();
            for (XmlSignatureScope x : s.getSignatureScopes()) {
                scopes.add(name(x.getScope()) + ":" + x.getName());
            }
            j.put("scopes", scopes);
            j.put("chain", s.getCertificateChain().stream().map(CertificateWrapper::getCertificateDN).collect(Collectors.toList()));
            j.put("structure_messages", s.getStructuralValidationMessages());
            j.put("errors", texts(simple.getAdESValidationErrors(id)));
            j.put("warnings", texts(simple.getAdESValidationWarnings(id)));
        }
        return j;
    }

    private Json timestamp(SimpleReport simple, TimestampWrapper t) {
        String id = t.getId();
        return new Json().put("id", id).put("type", name(t.getType())).put("time", iso(t.getProductionTime()))
                .put("imprint_found", t.isMessageImprintDataFound()).put("imprint_intact", t.isMessageImprintDataIntact())
                .put("intact", t.isSignatureIntact()).put("valid", t.isSignatureValid())
                .put("indication", name(simple.getIndication(id))).put("sub_indication", name(simple.getSubIndication(id)))
                .put("errors", texts(simple.getAdESValidationErrors(id))).put("warnings", texts(simple.getAdESValidationWarnings(id)))
                .put("covers", t.getTimestampedSignatures().stream().map(SignatureWrapper::getId).collect(Collectors.toList()));
    }

    private void write(Reports r, String base) throws IOException {
        Files.write(reportDir.resolve(base + ".simple.xml"), r.getXmlSimpleReport().getBytes(StandardCharsets.UTF_8));
        Files.write(reportDir.resolve(base + ".detailed.xml"), r.getXmlDetailedReport().getBytes(StandardCharsets.UTF_8));
        Files.write(reportDir.resolve(base + ".diagnostic.xml"), r.getXmlDiagnosticData().getBytes(StandardCharsets.UTF_8));
        Files.write(reportDir.resolve(base + ".etsi.xml"), r.getXmlValidationReport().getBytes(StandardCharsets.UTF_8));
    }

    // ---- inputs ----

    private enum Kind { CERTIFICATE, CRL, OCSP, OTHER }

    private static Kind kind(byte[] octets) {
        try {
            if (!CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(octets)).isEmpty()) {
                return Kind.CERTIFICATE;
            }
        } catch (CertificateException e) {
            // another kind
        }
        try {
            CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(octets));
            return Kind.CRL;
        } catch (CertificateException | CRLException e) {
            // another kind
        }
        try {
            return new OCSPResp(octets).getResponseObject() == null ? Kind.OTHER : Kind.OCSP;
        } catch (IOException | OCSPException | RuntimeException e) {
            return Kind.OTHER;
        }
    }

    private void loadCertificates(Path path, boolean anchors) throws IOException, CertificateException {
        for (Path p : ofKind(path, Kind.CERTIFICATE)) {
            Collection<? extends Certificate> read = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(p)));
            for (Certificate c : read) {
                if (anchors) {
                    trusted.addCertificate(DSSUtils.loadCertificate(c.getEncoded()));
                } else {
                    adjunct.addCertificate(DSSUtils.loadCertificate(c.getEncoded()));
                }
            }
        }
    }

    private static List<DSSDocument> documents(Path path, Kind kind) throws IOException {
        return ofKind(path, kind).stream().map(p -> (DSSDocument) new FileDocument(p.toFile())).collect(Collectors.toList());
    }

    private static List<Path> ofKind(Path path, Kind kind) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path p : list(path)) {
            if (kind(Files.readAllBytes(p)) == kind) {
                found.add(p);
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("no " + kind + " in " + path);
        }
        return found;
    }

    private static List<Path> list(Path dir) throws IOException {
        if (Files.isRegularFile(dir)) {
            return Collections.singletonList(dir);
        }
        try (Stream<Path> s = Files.walk(dir)) {
            return s.filter(Files::isRegularFile).sorted().collect(Collectors.toList());
        }
    }

    private static DSSDocument detachedDocument(String arg) throws IOException {
        int eq = arg.indexOf('=');
        if (eq < 0) {
            return new FileDocument(arg);
        }
        String name = arg.substring(0, eq);
        String value = arg.substring(eq + 1);
        int colon = value.indexOf(':');
        if (colon > 0 && value.substring(0, colon).matches("(?i)sha(1|224|256|384|512)")) {
            DigestDocument d = new DigestDocument(DigestAlgorithm.valueOf(value.substring(0, colon).toUpperCase()), value.substring(colon + 1));
            d.setName(name);
            return d;
        }
        return new InMemoryDocument(Files.readAllBytes(Paths.get(value)), name);
    }

    // ---- output ----

    private static List<String> texts(List<Message> messages) {
        return messages.stream().map(m -> m.getKey() + ": " + m.getValue()).collect(Collectors.toList());
    }

    private static String name(Enum<?> e) {
        return e == null ? null : e.name();
    }

    private static String iso(Date d) {
        return d == null ? null : d.toInstant().toString();
    }

    /** just enough JSON: insertion order, strings, numbers, booleans, null, lists, nested objects */
    private static final class Json {
        private final StringBuilder b = new StringBuilder("{");

        Json put(String key, Object value) {
            if (b.length() > 1) {
                b.append(',');
            }
            text(key);
            b.append(':');
            any(value);
            return this;
        }

        private void any(Object v) {
            if (v == null || v instanceof Boolean || v instanceof Number || v instanceof Json) {
                b.append(v);
            } else if (v instanceof Collection) {
                b.append('[');
                String sep = "";
                for (Object o : (Collection<?>) v) {
                    b.append(sep);
                    any(o);
                    sep = ",";
                }
                b.append(']');
            } else {
                text(v.toString());
            }
        }

        private void text(String s) {
            b.append('"');
            for (int i = 0; i < s.length(); i++) {
                char c = s.charAt(i);
                if (c == '"' || c == '\\') {
                    b.append('\\').append(c);
                } else if (c < 0x20) {
                    b.append(String.format("\\u%04x", (int) c));
                } else {
                    b.append(c);
                }
            }
            b.append('"');
        }

        @Override
        public String toString() {
            return b + "}";
        }
    }
}
