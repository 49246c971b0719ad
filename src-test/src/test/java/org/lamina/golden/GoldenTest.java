package org.lamina.golden;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Holds this project's layers and networks against numbers that the originals computed.
 *
 * <p>One test for each case, type and form, named by all three. The cases come from the directory
 * that the system property {@code golden.dir} names, or else from the copy in the test resources.
 */
class GoldenTest {

    private static final String DIRECTORY_PROPERTY = "golden.dir";

    private static final List<Family> FAMILIES =
            List.of(
                    new ConstrainedLayers(),
                    new ConstraintOnly(),
                    new TrainSequence(),
                    new EegNet(),
                    new Convolutions(),
                    new Fws(),
                    new ConvModernLayers(),
                    new TorchLayers(),
                    new NfnetBlock(),
                    new GradientClipping(),
                    new LocalConvs(),
                    new Adamax());

    @TestFactory
    List<DynamicTest> cases() {
        List<DynamicTest> tests = new ArrayList<>();
        for (GoldenCase golden : GoldenCase.discover(directory())) {
            addTests(golden, tests);
        }
        return tests;
    }

    private static void addTests(GoldenCase golden, List<DynamicTest> tests) {
        Family family =
                FAMILIES.stream().filter(f -> f.matches(golden.family())).findFirst().orElse(null);
        if (family == null) {
            String message = golden.id() + ": no adapter for family " + golden.family();
            tests.add(dynamicTest(golden.id(), () -> fail(message)));
            return;
        }
        for (String form : family.forms()) {
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                if (golden.tolerance(type) != null) {
                    String name =
                            golden.id() + " " + type.name().toLowerCase(Locale.ROOT) + " " + form;
                    tests.add(
                            dynamicTest(
                                    name, () -> named(name, () -> family.run(golden, type, form))));
                }
            }
        }
    }

    /** Puts the case into the message, whichever way the result is reported. */
    private static void named(String name, Executable test) {
        try {
            test.execute();
        } catch (Throwable e) {
            throw new AssertionError(name + ": " + e.getMessage(), e);
        }
    }

    /**
     * The directory of cases. A relative one counts from the working directory, or, as Surefire may
     * run the tests inside a module's folder, from the folder above the module's.
     */
    static Path directory() {
        String given = System.getProperty(DIRECTORY_PROPERTY, "").trim();
        if (given.isEmpty()) {
            return bundled();
        }
        Path direct = Path.of(given).toAbsolutePath();
        Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        if (Files.isDirectory(direct) || module.getParent() == null) {
            return direct;
        }
        Path fromRoot = module.getParent().resolve(given);
        return Files.isDirectory(fromRoot) ? fromRoot : direct;
    }

    private static Path bundled() {
        URL url = GoldenTest.class.getResource("/golden");
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
