package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

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
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                jar + File.pathSeparator + classes,
                                ProgramClassPathMain.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
    }
}
