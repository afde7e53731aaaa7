import eu.europa.esig.dss.alert.SilentOnStatusAlert;
import eu.europa.esig.dss.enumerations.CertificationPermission;
import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.EncryptionAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureLevel;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.SignatureValue;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.pades.PAdESSignatureParameters;
import eu.europa.esig.dss.pades.SignatureFieldParameters;
import eu.europa.esig.dss.pades.SignatureImageParameters;
import eu.europa.esig.dss.pades.SignatureImageTextParameters;
import eu.europa.esig.dss.pades.signature.PAdESService;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.spi.x509.tsp.KeyEntityTSPSource;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSString;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentNameDictionary;
import org.apache.pdfbox.pdmodel.PDEmbeddedFilesNameTreeNode;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDMetadata;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.common.filespecification.PDComplexFileSpecification;
import org.apache.pdfbox.pdmodel.common.filespecification.PDEmbeddedFile;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.apache.pdfbox.pdmodel.interactive.action.PDActionJavaScript;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotationRubberStamp;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotationText;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Signs PDFs with EU DSS, and changes them with the PDFBox that DSS works with, by incremental saving: a job is one line of
 * words "name=value" with tabs between them. Names: do (sign, extend, change), from, out, key and tsa (PKCS#12), at, stamp (the
 * time of the token, where it is another), level, crl and trust (folders), encryption, digest, certifies (1 to 3), field, box,
 * change.
 */
final class DssPdfWriter {
    private static final char[] PASSWORD = "insecure".toCharArray();
    private final Map<String, String> job = new HashMap<>();

    private DssPdfWriter(String line) {
        for (String word : line.split("\t")) {
            job.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
        }
    }

    public static void main(String[] given) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null; ) {
            var writer = new DssPdfWriter(line);
            if (writer.job.get("do").equals("change")) {
                writer.change();
            } else {
                writer.signed().save(writer.job.get("out"));
            }
        }
    }

    private DSSDocument signed() throws Exception {
        var service = new PAdESService(verifier());
        if (job.containsKey("tsa")) {
            var tsa = key("tsa");
            var source = new KeyEntityTSPSource(tsa.getPrivateKey(), token(tsa.getCertificate()), chain(tsa));
            source.setTsaPolicy("1.2.3.4");
            source.setProductionTime(time(job.getOrDefault("stamp", job.get("at"))));
            service.setTspSource(source);
        }
        var parameters = new PAdESSignatureParameters();
        parameters.setSignatureLevel(SignatureLevel.valueOf("PAdES_BASELINE_" + job.getOrDefault("level", "B")));
        var document = new FileDocument(job.get("from"));
        if (job.get("do").equals("extend")) {
            return service.extendDocument(document, parameters);
        }
        var holder = key("key");
        parameters.setSigningCertificate(token(holder.getCertificate()));
        parameters.setCertificateChain(List.of(token(holder.getCertificate())));
        parameters.bLevel().setSigningDate(time(job.get("at")));
        parameters.setDigestAlgorithm(DigestAlgorithm.valueOf(job.getOrDefault("digest", "SHA256")));
        if (job.containsKey("encryption")) {
            parameters.setEncryptionAlgorithm(EncryptionAlgorithm.valueOf(job.get("encryption")));
        }
        if (job.containsKey("certifies")) {
            parameters.setPermission(CertificationPermission.fromCode(Integer.parseInt(job.get("certifies"))));
        }
        parameters.setContentSize(Integer.parseInt(job.getOrDefault("room", "9472")));
        if (job.containsKey("box")) {
            parameters.setImageParameters(picture());
        } else if (job.containsKey("field")) {
            var image = new SignatureImageParameters();
            var place = new SignatureFieldParameters();
            place.setFieldId(job.get("field"));
            image.setFieldParameters(place);
            parameters.setImageParameters(image);
        }
        var octets = service.getDataToSign(document, parameters);
        SignatureAlgorithm algorithm = parameters.getSignatureAlgorithm();
        var signature = Signature.getInstance(algorithm.getJCEId(), new BouncyCastleProvider());
        signature.initSign(holder.getPrivateKey());
        signature.update(octets.getBytes());
        return service.signDocument(document, parameters, new SignatureValue(algorithm, signature.sign()));
    }

    private SignatureImageParameters picture() {
        var image = new SignatureImageParameters();
        var text = new SignatureImageTextParameters();
        text.setText("Da ky");
        image.setTextParameters(text);
        var place = new SignatureFieldParameters();
        String[] box = job.get("box").split(",");
        place.setOriginX(Float.parseFloat(box[0]));
        place.setOriginY(Float.parseFloat(box[1]));
        place.setWidth(Float.parseFloat(box[2]));
        place.setHeight(Float.parseFloat(box[3]));
        image.setFieldParameters(place);
        return image;
    }

    private void change() throws IOException {
        try (PDDocument document = Loader.loadPDF(new File(job.get("from")))) {
            PDPage page = document.getPage(0);
            var catalog = document.getDocumentCatalog();
            switch (job.get("change")) {
                case "text" -> write(document, page, "Diem Toan: 10", 72, 600);
                case "covered" -> write(document, page, "Diem Toan: 10", 72, 700);
                case "note" -> {
                    var note = new PDAnnotationText();
                    note.setContents("Da sua diem");
                    note.setRectangle(new PDRectangle(100, 500, 20, 20));
                    page.getAnnotations().add(note);
                    page.getCOSObject().setNeedToBeUpdated(true);
                }
                case "rubber-stamp" -> {
                    var stamp = new PDAnnotationRubberStamp();
                    stamp.setRectangle(new PDRectangle(60, 690, 240, 40));
                    page.getAnnotations().add(stamp);
                    page.getCOSObject().setNeedToBeUpdated(true);
                }
                case "page-added" -> {
                    var added = new PDPage(PDRectangle.A4);
                    document.addPage(added);
                    write(document, added, "Trang 2", 72, 700);
                    document.getPages().getCOSObject().setNeedToBeUpdated(true);
                    catalog.getCOSObject().setNeedToBeUpdated(true);
                }
                case "page-removed" -> {
                    document.removePage(0);
                    document.getPages().getCOSObject().setNeedToBeUpdated(true);
                    catalog.getCOSObject().setNeedToBeUpdated(true);
                }
                case "rotated" -> {
                    page.setRotation(90);
                    page.getCOSObject().setNeedToBeUpdated(true);
                }
                case "cropped" -> {
                    page.setCropBox(new PDRectangle(0, 0, 595, 690));
                    page.getCOSObject().setNeedToBeUpdated(true);
                }
                case "title" -> {
                    document.getDocumentInformation().setTitle("Hoc ba khac");
                    document.getDocumentInformation().getCOSObject().setNeedToBeUpdated(true);
                }
                case "metadata" -> {
                    var metadata = new PDMetadata(document);
                    metadata.importXMPMetadata("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".getBytes(StandardCharsets.UTF_8));
                    catalog.setMetadata(metadata);
                    catalog.getCOSObject().setNeedToBeUpdated(true);
                }
                case "attachment" -> {
                    var file = new PDEmbeddedFile(document);
                    try (var out = file.createOutputStream()) {
                        out.write("diem: 10".getBytes(StandardCharsets.UTF_8));
                    }
                    var specification = new PDComplexFileSpecification();
                    specification.setFile("diem.txt");
                    specification.setEmbeddedFile(file);
                    var tree = new PDEmbeddedFilesNameTreeNode();
                    tree.setNames(Map.of("diem.txt", specification));
                    var names = new PDDocumentNameDictionary(catalog);
                    names.setEmbeddedFiles(tree);
                    catalog.setNames(names);
                    catalog.getCOSObject().setNeedToBeUpdated(true);
                }
                case "script" -> {
                    catalog.setOpenAction(new PDActionJavaScript("app.alert('x');"));
                    catalog.getCOSObject().setNeedToBeUpdated(true);
                }
                case "form-removed" -> {
                    catalog.getCOSObject().removeItem(COSName.ACRO_FORM);
                    catalog.getCOSObject().setNeedToBeUpdated(true);
                }
                case "fields-emptied" -> {
                    var form = catalog.getAcroForm().getCOSObject();
                    form.setItem(COSName.FIELDS, new COSArray());
                    form.setNeedToBeUpdated(true);
                    catalog.getCOSObject().setNeedToBeUpdated(true);
                }
                case "value-removed" -> {
                    var field = catalog.getAcroForm().getFields().get(0).getCOSObject();
                    field.removeItem(COSName.V);
                    field.setNeedToBeUpdated(true);
                }
                case "reason" -> {
                    var value = document.getSignatureDictionaries().get(0).getCOSObject();
                    value.setItem(COSName.REASON, new COSString("Khac"));
                    value.setNeedToBeUpdated(true);
                }
                case "language" -> {
                    catalog.setLanguage("vi");
                    catalog.getCOSObject().setNeedToBeUpdated(true);
                }
                case "nothing" -> {
                }
                default -> throw new IllegalArgumentException(job.get("change"));
            }
            try (var out = new FileOutputStream(job.get("out"))) {
                document.saveIncremental(out);
            }
        }
    }

    private static void write(PDDocument document, PDPage page, String text, float x, float y) throws IOException {
        try (var content = new PDPageContentStream(document, page, PDPageContentStream.AppendMode.APPEND, false)) {
            content.beginText();
            content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 24);
            content.newLineAtOffset(x, y);
            content.showText(text);
            content.endText();
        }
        page.getCOSObject().setNeedToBeUpdated(true);
        page.getResources().getCOSObject().setNeedToBeUpdated(true);
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
        return verifier;
    }

    private List<DSSDocument> folder(String name) throws IOException {
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

    private static Date time(String text) {
        return Date.from(Instant.parse(text));
    }
}
