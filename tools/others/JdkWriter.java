import com.sun.org.apache.xml.internal.security.Init;
import com.sun.org.apache.xml.internal.security.signature.XMLSignature;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Fills in the empty signatures of a template, in order: template, result, then Id, kind of key and PKCS#8 file of each. */
final class JdkWriter {
    public static void main(String[] given) throws Exception {
        Init.init();
        var factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document document = factory.newDocumentBuilder().parse(Path.of(given[0]).toFile());
        var all = document.getElementsByTagName("*");
        for (int index = 0; index < all.getLength(); index++) {
            var element = (Element) all.item(index);
            if (element.hasAttribute("Id")) {
                element.setIdAttribute("Id", true);
            }
        }
        for (int index = 2; index < given.length; index += 3) {
            var key = KeyFactory.getInstance(given[index + 1])
                .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(given[index + 2]))));
            var signature = new XMLSignature(document.getElementById(given[index]), "");
            // A reference that was read is made an object only when it is asked for.
            for (int number = 0; number < signature.getSignedInfo().getLength(); number++) {
                signature.getSignedInfo().item(number);
            }
            signature.sign(key);
        }
        TransformerFactory.newInstance().newTransformer()
            .transform(new DOMSource(document), new StreamResult(Path.of(given[1]).toFile()));
    }
}
