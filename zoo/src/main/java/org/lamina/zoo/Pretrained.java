package org.lamina.zoo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.lamina.zoo.modelfile.ModelFile;

/** Trained networks that come with this module, made by its command line. */
public enum Pretrained {
    /**
     * {@link EEGNet} with its defaults (22 channels, 256 samples at 128 Hz, 4 classes), trained on
     * simulated EEG: to try code out, not for EEG of people.
     */
    EEGNET_SIMULATED(
            "eegnet-simulated", "37167394d8528a8d2e030d20f4a9d8fd39e23cec645b06d793b684dadfaabaca");

    private final String resource;
    private final String sha256;

    Pretrained(String resource, String sha256) {
        this.resource = resource;
        this.sha256 = sha256;
    }

    /**
     * The network with its normalizer and what input and output mean.
     *
     * @throws IOException if the resource is missing or has been changed
     */
    public ModelFile load() throws IOException {
        byte[] bytes = bytes(".zip");
        String sum = HexFormat.of().formatHex(digest().digest(bytes));
        if (!sum.equals(sha256)) {
            throw new IOException(resource + ".zip: its SHA-256 is " + sum + ", must be " + sha256);
        }
        Path file = Files.createTempFile(resource, ".zip");
        try {
            Files.write(file, bytes);
            return ModelFile.load(file);
        } finally {
            Files.delete(file);
        }
    }

    /**
     * The model card: data, split, settings, result, limits; Markdown.
     *
     * @throws IOException if the resource is missing
     */
    public String card() throws IOException {
        return new String(bytes(".md"), StandardCharsets.UTF_8);
    }

    private byte[] bytes(String extension) throws IOException {
        String name = "pretrained/" + resource + extension;
        try (InputStream in = Pretrained.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("There is no resource " + name);
            }
            return in.readAllBytes();
        }
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
