package org.lamina.zoo.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Montage;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A value for each channel as inline SVG: on a head seen from above, nose up, if the positions of
 * the electrodes are known, otherwise as bars. Red is positive, blue negative, full colour the
 * largest absolute value.
 *
 * <p>Between electrodes values follow a thin plate spline, the smoothest surface through them; away
 * from all electrodes the picture fades.
 */
final class ScalpMap {
    private static final int PIXELS = 72;
    private static final double EXTENT = 1.05;
    private static final int FEWEST_FOR_A_MAP = 4;
    private static final double FULL = 0.2;
    private static final double FADED = 0.45;

    private final List<String> channels;
    private final double[][] places;
    private final INDArray spline;

    /** Prepares maps of these channels, which share the spline's system of equations. */
    ScalpMap(List<String> channels) {
        this.channels = channels;
        this.places = places(channels);
        this.spline = places == null ? null : splineSystem(places);
    }

    private static double[][] places(List<String> channels) {
        if (channels.size() < FEWEST_FOR_A_MAP) {
            return null;
        }
        double[][] places = new double[channels.size()][];
        for (int i = 0; i < places.length; i++) {
            try {
                Montage.Position position = Montage.position(channels.get(i));
                places[i] = new double[] {position.x(), position.y()};
            } catch (DataException e) {
                return null;
            }
        }
        return places;
    }

    String svg(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        double[] scaled = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            scaled[i] = largest == 0 ? 0 : values[i] / largest;
        }
        return places == null ? bars(scaled) : head(scaled);
    }

    private String head(double[] values) {
        StringBuilder svg =
                new StringBuilder(
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"head\" viewBox=\"-1.2"
                                + " -1.25 2.4 2.4\" role=\"img\">");
        svg.append(
                "<path d=\"M-0.18 -1.02 L0 -1.2 L0.18 -1.02\" class=\"outline\"/>"
                        + "<path d=\"M-1.04 -0.2 Q-1.16 0 -1.04 0.2 M1.04 -0.2 Q1.16 0 1.04 0.2\""
                        + " class=\"outline\"/>");
        svg.append(
                format(
                        "<image x=\"%.3f\" y=\"%.3f\" width=\"%.3f\" height=\"%.3f\""
                                + " href=\"data:image/png;base64,%s\"/>",
                        -EXTENT, -EXTENT, 2 * EXTENT, 2 * EXTENT, png(values)));
        svg.append("<circle cx=\"0\" cy=\"0\" r=\"1.05\" class=\"outline\"/>");
        for (int i = 0; i < values.length; i++) {
            svg.append(
                    format(
                            "<circle cx=\"%.3f\" cy=\"%.3f\" r=\"0.028\"><title>%s"
                                    + " %+.2f</title></circle>",
                            places[i][0], -places[i][1], escape(channels.get(i)), values[i]));
        }
        return svg.append("</svg>").toString();
    }

    private String bars(double[] values) {
        int height = 14 * values.length + 4;
        StringBuilder svg =
                new StringBuilder(
                        format(
                                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bars\""
                                        + " viewBox=\"0 0 200 %d\" role=\"img\">",
                                height));
        for (int i = 0; i < values.length; i++) {
            double width = 60 * Math.abs(values[i]);
            svg.append(
                    format(
                            "<text x=\"66\" y=\"%d\" text-anchor=\"end\">%s</text><rect x=\"%.1f\""
                                    + " y=\"%d\" width=\"%.1f\" height=\"10\" fill=\"#%06x\"/>",
                            14 * i + 12,
                            escape(channels.get(i)),
                            values[i] < 0 ? 134 - width : 134,
                            14 * i + 3,
                            width,
                            color(values[i] < 0 ? -0.8 : 0.8)));
        }
        return svg.append(format("<path d=\"M134 0 V%d\" class=\"outline\"/></svg>", height))
                .toString();
    }

    /** The colours between the electrodes, transparent outside the head. */
    private String png(double[] values) {
        int n = values.length;
        double[] right = new double[n + 3];
        System.arraycopy(values, 0, right, 0, n);
        double[] weights =
                Nd4j.linalg()
                        .solve(spline, Nd4j.create(right, new long[] {n + 3, 1}, DataType.DOUBLE))
                        .data()
                        .asDouble();
        BufferedImage image = new BufferedImage(PIXELS, PIXELS, BufferedImage.TYPE_INT_ARGB);
        for (int row = 0; row < PIXELS; row++) {
            for (int column = 0; column < PIXELS; column++) {
                double x = ((column + 0.5) / PIXELS * 2 - 1) * EXTENT;
                double y = (1 - (row + 0.5) / PIXELS * 2) * EXTENT;
                double opacity = Math.hypot(x, y) <= EXTENT ? opacity(x, y) : 0;
                if (opacity > 0) {
                    double value = weights[n] + weights[n + 1] * x + weights[n + 2] * y;
                    for (int i = 0; i < n; i++) {
                        value += weights[i] * kernel(x - places[i][0], y - places[i][1]);
                    }
                    int alpha = (int) Math.round(255 * opacity);
                    image.setRGB(column, row, alpha << 24 | color(value));
                }
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new IllegalStateException("A map could not be drawn", e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /** Fades out away from the electrodes, where the spline is arbitrary. */
    private double opacity(double x, double y) {
        double nearest = Double.POSITIVE_INFINITY;
        for (double[] place : places) {
            nearest = Math.min(nearest, Math.hypot(x - place[0], y - place[1]));
        }
        return Math.max(0, Math.min(1, (FADED - nearest) / (FADED - FULL)));
    }

    /** Matrix of the spline's equations: values at the places, and no tilt among the weights. */
    private static INDArray splineSystem(double[][] places) {
        int n = places.length;
        double[][] system = new double[n + 3][n + 3];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                system[i][j] = kernel(places[i][0] - places[j][0], places[i][1] - places[j][1]);
            }
            // A little smoothing keeps the system regular if two electrodes share a position.
            system[i][i] += 1e-6;
            double[] plane = {1, places[i][0], places[i][1]};
            for (int k = 0; k < 3; k++) {
                system[i][n + k] = plane[k];
                system[n + k][i] = plane[k];
            }
        }
        return Nd4j.createFromArray(system);
    }

    private static double kernel(double dx, double dy) {
        double squared = dx * dx + dy * dy;
        return squared == 0 ? 0 : squared * Math.log(squared);
    }

    /** Blue for -1, near white for 0, red for 1. */
    private static int color(double value) {
        double v = Math.max(-1, Math.min(1, value));
        int[] end = v < 0 ? new int[] {0x21, 0x66, 0xac} : new int[] {0xb2, 0x18, 0x2b};
        int rgb = 0;
        for (int channel : end) {
            rgb = rgb << 8 | (int) Math.round(0xf7 + Math.abs(v) * (channel - 0xf7));
        }
        return rgb;
    }

    /** Whether the positions of all channels are known. */
    boolean isMap() {
        return places != null;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    private static String format(String format, Object... args) {
        return String.format(Locale.ROOT, format, args);
    }
}
