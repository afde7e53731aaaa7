import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.LogManager;
import org.verapdf.core.VeraPDFException;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** VeraPdfOracle FLAVOUR... FILE...: one JSON line per file and flavour (`3a`, `ua1`): which rules it breaks, and how often. */
public final class VeraPdfOracle {
    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        for (String file : arguments) {
            if (PDFAFlavour.byFlavourId(file) != PDFAFlavour.NO_FLAVOUR) {
                continue;
            }
            for (String id : arguments) {
                PDFAFlavour flavour = PDFAFlavour.byFlavourId(id);
                if (flavour != PDFAFlavour.NO_FLAVOUR) {
                    System.out.println(judged(Path.of(file), flavour));
                }
            }
        }
    }

    private static String judged(Path file, PDFAFlavour flavour) throws java.io.IOException {
        Map<String, Integer> broken = new TreeMap<>();
        boolean isCompliant = false;
        int assertions = 0;
        try (var parser = Foundries.defaultInstance().createParser(file.toFile(), flavour);
                var validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            isCompliant = result.isCompliant();
            assertions = result.getTotalAssertions();
            for (TestAssertion one : result.getTestAssertions()) {
                if (one.getStatus() == TestAssertion.Status.FAILED) {
                    broken.merge(one.getRuleId().getClause() + "-" + one.getRuleId().getTestNumber(), 1, Integer::sum);
                }
            }
        } catch (VeraPDFException error) {
            broken.put(error.getClass().getSimpleName(), 1);
        }
        StringBuilder rules = new StringBuilder();
        broken.forEach((rule, count) -> rules.append(rules.length() == 0 ? "" : ", ").append('"').append(rule).append("\": ").append(count));
        return "{\"file\": \"" + file.getFileName() + "\", \"flavour\": \"" + flavour.getId() + "\", \"compliant\": " + isCompliant
                + ", \"checks\": " + assertions + ", \"broken\": {" + rules + "}}";
    }
}
