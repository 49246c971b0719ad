package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.harness.Jvm;

/** What the build puts beside {@code lamina.jar} is enough for a program of a user's own. */
class ProgramClassPathTest {

    @Test
    void runsSameDiffLayers() throws Exception {
        Path jar = Path.of("zoo", "target", "lamina.jar");
        assumeTrue(Files.exists(jar), "lamina.jar is made in phase package");
        Path classes =
                Path.of(
                        ProgramClassPathMain.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        Jvm program =
                Jvm.run(jar + File.pathSeparator + classes, List.of(), ProgramClassPathMain.class);
        assertEquals(0, program.code(), program.printed());
    }
}
