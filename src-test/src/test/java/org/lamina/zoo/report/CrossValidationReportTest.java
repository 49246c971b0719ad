package org.lamina.zoo.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.recording.RecordingId;
import org.lamina.zoo.evaluation.CrossValidation;
import org.lamina.zoo.evaluation.Folds;
import org.nd4j.linalg.factory.Nd4j;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class CrossValidationReportTest {
    /**
     * Two folds of 6 epochs, 2 seeds: 5 right in one fold, 3 right, all of one class, in the other.
     */
    @Test
    void isWellFormedSelfContainedAndComplete() throws Exception {
        EpochSet epochs =
                new EpochSet(
                        Nd4j.zeros(12, 1, 1, 2),
                        new int[] {0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1},
                        List.of("<left>", "right & up"),
                        IntStream.range(0, 12)
                                .mapToObj(i -> RecordingId.ofRun(i < 6 ? "<a>" : "b"))
                                .toList(),
                        List.of("Cz"),
                        100,
                        "test");
        CrossValidation validation =
                new CrossValidation(epochs, Folds.byGroup(epochs.runs()), List.of(1L, 2L));
        double[][] good = {{1, 0}, {1, 0}, {1, 0}, {0, 1}, {0, 1}, {.75, .25}};
        double[][] bad = {{1, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}};
        validation
                .parts()
                .forEach(p -> validation.add(p, p.fold().name().equals("b") ? bad : good));
        String html =
                new CrossValidationReport(
                                "A <report>",
                                "some data",
                                true,
                                validation,
                                Map.of("source", "a & b"),
                                Map.of("lr", "0.001"))
                        .html();
        Element page =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(html.getBytes(StandardCharsets.UTF_8)))
                        .getDocumentElement();
        String text = page.getTextContent();
        for (String part :
                List.of("A <report>", "Simulated data.", "<left>", "right & up", "a & b", "lr")) {
            assertTrue(text.contains(part), part + " is missing");
        }
        assertFalse(html.matches("(?s).*(src|href)=\"(?!data:image/).*"));
        assertEquals(
                List.of(
                        "<a>|1|6|0.833|0.833|0.667|1.000|0.829|0.500 (0.167 to 0.833)",
                        "b|1|6|0.500|0.500|0.000|0.500|0.333|0.500 (0.167 to 0.833)",
                        "<a>|2|6|0.833|0.833|0.667|1.000|0.829|0.500 (0.167 to 0.833)",
                        "b|2|6|0.500|0.500|0.000|0.500|0.333|0.500 (0.167 to 0.833)",
                        "mean||12|0.667|0.667|0.333|0.750|0.581|0.500 (0.250 to 0.750)",
                        "sd of folds|||0.236|0.236|0.471|0.354|0.350|",
                        "sd of seeds|||0.000|0.000|0.000|0.000|0.000|"),
                rows((Element) page.getElementsByTagName("table").item(0)));
    }

    private static List<String> rows(Element table) {
        return elements(table, "tr").stream()
                .skip(1)
                .map(
                        row ->
                                elements(row, "*").stream()
                                        .map(Element::getTextContent)
                                        .collect(Collectors.joining("|")))
                .toList();
    }

    private static List<Element> elements(Element parent, String name) {
        NodeList list = parent.getElementsByTagName(name);
        return IntStream.range(0, list.getLength()).mapToObj(i -> (Element) list.item(i)).toList();
    }
}
