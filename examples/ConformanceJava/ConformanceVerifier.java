import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.crypto.MarshalException;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Attr;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * A beginning of a verifier with the JDK alone: structure, digests and values; passes the areas `format` and `reference`
 * of the conformance suite. NOT judged: certificates and trust, revocation, time, persons, order, content.
 */
final class ConformanceVerifier {
    private static final String HOCBA = "urn:hocba:1";
    private static final String DS = "http://www.w3.org/2000/09/xmldsig#";
    private static final String XADES = "http://uri.etsi.org/01903/v1.3.2#";
    private static final List<String> ROLES = List.of("GVBM", "GVCN", "CBQL", "KY_PHAT_HANH");
    private static final Map<String, String> DIGESTS = Map.of(
        "http://www.w3.org/2001/04/xmlenc#sha256", "SHA-256",
        "http://www.w3.org/2001/04/xmldsig-more#sha384", "SHA-384",
        "http://www.w3.org/2001/04/xmlenc#sha512", "SHA-512");
    private static final Pattern DECLARATION = Pattern.compile(
        "^<\\?xml\\s+version\\s*=\\s*[\"']([^\"']*)[\"'](?:\\s+encoding\\s*=\\s*[\"']([^\"']*)[\"'])?");
    private static final int MOST = 100;

    /** Proven wrong. */
    private static final class Wrong extends Exception {
        Wrong(String why) { super(why); }
    }

    /** Neither right nor wrong can be said. */
    private static final class Unknown extends Exception {
        Unknown(String why) { super(why); }
    }

    public static void main(String[] given) throws Exception {
        var asked = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        if (!"verify".equals(member(asked, "command"))) {
            answer("unsupported", "this command");
            return;
        }
        try {
            answer("verdict", verdictOf(Files.readAllBytes(Path.of(member(asked, "document")))));
        } catch (Wrong error) {
            answer("verdict", "INVALID");
        }
    }

    /** The names in a request are plain; a real program uses a JSON library. */
    private static String member(String json, String name) {
        var found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"\\\\]*)\"").matcher(json);
        if (!found.find()) throw new IllegalArgumentException(name);
        return found.group(1);
    }

    private static void answer(String name, String value) {
        System.out.println("{\"" + name + "\": \"" + value + "\"}");
    }

    private static String verdictOf(byte[] octets) throws Exception {
        var latin = new String(octets, StandardCharsets.ISO_8859_1);
        boolean isOurs = latin.replace("\0", "").contains("HOC_BA");
        if (latin.startsWith("%PDF")) return "INVALID";
        Element root;
        try {
            root = parse(decoded(octets));
        } catch (SAXException | CharacterCodingException error) {
            return isOurs ? "INVALID" : "NOTHING_TO_VERIFY";
        }
        var uri = root.getNamespaceURI() == null ? "" : root.getNamespaceURI();
        if (!"HOC_BA".equals(root.getLocalName())) return isOurs ? "INVALID" : "NOTHING_TO_VERIFY";
        if (!uri.equals(HOCBA)) return uri.matches("urn:hocba:[0-9]+") ? "INDETERMINATE" : "INVALID";
        limit(root, 1);
        identify(root, new HashSet<>());
        var slots = slots(root);
        var present = all(root, DS, "Signature");
        if (present.isEmpty()) return "NOTHING_TO_VERIFY";
        var filled = slots.values().stream().filter(signature -> signature != null).toList();
        if (present.size() != filled.size()) return "INVALID";
        boolean isUnproven = filled.size() < slots.size();
        for (var signature : filled) {
            try {
                check(signature);
            } catch (Unknown error) {
                isUnproven = true;
            }
        }
        return isUnproven ? "INDETERMINATE" : "VALID";
    }

    /** Return the text of a document in UTF-8, or in UTF-16 with its mark. */
    private static String decoded(byte[] octets) throws CharacterCodingException {
        int mark = octets.length < 2 ? 0 : (octets[0] & 0xff) << 8 | octets[1] & 0xff;
        var name = mark == 0xfffe ? "UTF-16LE" : mark == 0xfeff ? "UTF-16BE" : "UTF-8";
        var text = Charset.forName(name).newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(octets)).toString();
        if (text.startsWith("\ufeff")) text = text.substring(1);
        var declaration = DECLARATION.matcher(text);
        if (declaration.find()) {
            var named = declaration.group(2) == null ? null : declaration.group(2).toUpperCase(Locale.ROOT).replace("-", "");
            var usual = name.replace("-", "");
            boolean fits = named == null || named.equals(usual) || usual.startsWith("UTF16") && named.equals("UTF16");
            if (!declaration.group(1).equals("1.0") || !fits) throw new CharacterCodingException();
        }
        return text;
    }

    private static Element parse(String text) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        DocumentBuilder builder = factory.newDocumentBuilder();
        builder.setErrorHandler(null);
        var document = builder.parse(new InputSource(new StringReader(text)));
        return document.getDocumentElement();
    }

    private static void limit(Element element, int depth) throws Wrong {
        if (depth > MOST || element.getAttributes().getLength() > MOST) throw new Wrong("limits");
        for (var child : children(element)) limit(child, depth + 1);
    }

    /** Every attribute called id, in any case, is an Id, and none may stand twice. */
    private static void identify(Element element, HashSet<String> seen) throws Wrong {
        var attributes = element.getAttributes();
        for (int index = 0; index < attributes.getLength(); index++) {
            var attribute = (Attr) attributes.item(index);
            if ("id".equals(attribute.getLocalName().toLowerCase(Locale.ROOT))) {
                if (!seen.add(attribute.getValue())) throw new Wrong("Id twice");
                element.setIdAttributeNode(attribute, true);
            }
        }
        for (var child : children(element)) identify(child, seen);
    }

    private static Map<String, Element> slots(Element root) throws Wrong {
        var found = new HashMap<String, Element>();
        for (var list : children(root)) {
            if (!"DANH_SACH_CHU_KY".equals(list.getLocalName())) continue;
            for (var slot : children(list)) {
                var key = slot.getLocalName() + "/" + slot.getAttribute("monHoc") + "/" + slot.getAttribute("giaoVien");
                var inside = children(slot);
                boolean isFit = inside.isEmpty() || inside.size() == 1 && is(inside.get(0), DS, "Signature");
                if (!ROLES.contains(slot.getLocalName()) || found.containsKey(key) || !isFit || !ownText(slot).isBlank()) {
                    throw new Wrong("slot");
                }
                found.put(key, inside.isEmpty() ? null : inside.get(0));
            }
        }
        return found;
    }

    private static void check(Element element) throws Exception {
        var certificate = signingCertificate(element);
        var context = new DOMValidateContext(certificate.getPublicKey(), element);
        try {
            var signature = XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
            var properties = all(element, XADES, "SignedProperties");
            if (properties.size() != 1) throw new Wrong("properties");
            int covered = 0;
            for (Reference reference : signature.getSignedInfo().getReferences()) {
                var uri = reference.getURI() == null ? "" : reference.getURI();
                if (!uri.startsWith("#") || uri.startsWith("#xpointer") || reference.getTransforms().size() > 1) {
                    throw new Wrong("reference");
                }
                var target = element.getOwnerDocument().getElementById(uri.substring(1));
                if (target == null) throw new Unknown(uri);
                if (target == properties.get(0)) covered++;
                if (!reference.validate(context)) throw new Wrong("digest of " + uri);
            }
            if (covered != 1) throw new Wrong("properties not covered");
            if (!signature.getSignatureValue().validate(context)) throw new Wrong("value");
        } catch (MarshalException error) {
            throw new Unknown(error.getMessage());
        }
    }

    /** The certificate is found by the digest that is signed, never by its place. */
    private static X509Certificate signingCertificate(Element signature) throws Exception {
        var named = all(signature, XADES, "CertDigest");
        if (named.isEmpty()) throw new Unknown("no signing certificate");
        var algorithm = DIGESTS.get(all(named.get(0), DS, "DigestMethod").get(0).getAttribute("Algorithm"));
        if (algorithm == null) throw new Unknown("digest");
        var wanted = base64(all(named.get(0), DS, "DigestValue").get(0));
        for (var embedded : all(signature, DS, "X509Certificate")) {
            var der = base64(embedded);
            if (MessageDigest.isEqual(MessageDigest.getInstance(algorithm).digest(der), wanted)) {
                return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der));
            }
        }
        throw new Unknown("signing certificate not there");
    }

    private static byte[] base64(Element element) throws Wrong {
        try {
            return Base64.getMimeDecoder().decode(element.getTextContent());
        } catch (IllegalArgumentException error) {
            throw new Wrong("Base64");
        }
    }

    private static boolean is(Element element, String uri, String name) {
        return name.equals(element.getLocalName()) && uri.equals(element.getNamespaceURI());
    }

    private static List<Element> children(Element element) {
        var found = new ArrayList<Element>();
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element one) found.add(one);
        }
        return found;
    }

    private static String ownText(Element element) {
        var found = new StringBuilder();
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child.getNodeType() == Node.TEXT_NODE || child.getNodeType() == Node.CDATA_SECTION_NODE) {
                found.append(child.getNodeValue());
            }
        }
        return found.toString();
    }

    private static List<Element> all(Element element, String uri, String name) {
        var found = new ArrayList<Element>();
        if (is(element, uri, name)) found.add(element);
        for (var child : children(element)) found.addAll(all(child, uri, name));
        return found;
    }
}
