package org.lamina.zoo.data.simulation;

import java.util.List;
import java.util.Random;
import org.lamina.zoo.data.image.ImageSet;

/**
 * Generated gray images of four shapes: disc, square, triangle, ring. Position, size, brightness
 * and noise are random, so that networks can be tried without a download.
 */
public final class ShapeImages {

    private static final List<String> NAMES = List.of("disc", "square", "triangle", "ring");
    private static final double NOISE = 25;

    private ShapeImages() {}

    /**
     * Draws images, the classes in turn.
     *
     * @param count number of images
     * @param size height and width in pixels
     * @param seed of the random numbers; equal seeds give equal images
     */
    public static ImageSet draw(int count, int size, long seed) {
        Random random = new Random(seed);
        byte[] pixels = new byte[count * size * size];
        int[] labels = new int[count];
        for (int n = 0; n < count; n++) {
            labels[n] = n % NAMES.size();
            double radius = size * (0.16 + 0.16 * random.nextDouble());
            double centerX = radius + (size - 2 * radius) * random.nextDouble();
            double centerY = radius + (size - 2 * radius) * random.nextDouble();
            double ink = 90 + 140 * random.nextDouble();
            double paper = 40 * random.nextDouble();
            for (int i = 0; i < size * size; i++) {
                double x = (i % size + 0.5 - centerX) / radius;
                int row = i / size;
                double y = (row + 0.5 - centerY) / radius;
                double level = inside(labels[n], x, y) ? ink : paper;
                level += NOISE * random.nextGaussian();
                pixels[n * size * size + i] = (byte) Math.max(0, Math.min(255, Math.round(level)));
            }
        }
        return new ImageSet(pixels, labels, 1, size, size, NAMES);
    }

    /** Whether a shape of radius 1 around (0, 0) covers a point. */
    private static boolean inside(int shape, double x, double y) {
        double distance = Math.hypot(x, y);
        return switch (shape) {
            case 0 -> distance < 0.9;
            case 1 -> Math.max(Math.abs(x), Math.abs(y)) < 0.8;
            case 2 -> y < 0.8 && y > 2 * Math.abs(x) - 1;
            default -> distance < 1 && distance > 0.55;
        };
    }
}
