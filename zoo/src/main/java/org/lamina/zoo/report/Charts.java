package org.lamina.zoo.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Line charts as images for a {@code src} attribute: SVG in a data URI. */
final class Charts {
    static final Color BLUE = new Color(0x1f6fb4);
    static final Color ORANGE = new Color(0xd9701a);
    static final Color GRAY = new Color(0xa0a8b0);
    private static final Color INK = new Color(0x44505c);
    private static final Color GRID = new Color(0xe4e8ec);

    private Charts() {}

    /**
     * A line of a chart; both arrays have the same length.
     *
     * @param name in the legend
     * @param x horizontal values
     * @param y vertical values
     * @param color of the line
     */
    record Line(String name, double[] x, double[] y, Color color) {}

    /** A chart with axes, legend and lines. */
    static String large(String xTitle, String yTitle, List<Line> lines, Double yMax) {
        return image(largeChart(xTitle, yTitle, lines, yMax));
    }

    private static XYChart largeChart(String xTitle, String yTitle, List<Line> lines, Double yMax) {
        XYChart chart = chart(520, 300, xTitle, yTitle, lines);
        chart.getStyler().setLegendVisible(lines.size() > 1);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
        chart.getStyler().setLegendLayout(LegendLayout.Horizontal);
        chart.getStyler().setLegendBorderColor(Color.WHITE);
        // With less, the legend covers part of the axis title.
        chart.getStyler().setChartPadding(14);
        chart.getStyler().setYAxisMin(0.0);
        if (yMax != null) {
            chart.getStyler().setYAxisMax(yMax);
        }
        return chart;
    }

    /** A small chart of one line. */
    static String small(String xTitle, Line line) {
        XYChart chart = chart(260, 150, xTitle, "", List.of(line));
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setYAxisTicksVisible(false);
        chart.getStyler().setXAxisTickMarkSpacingHint(45);
        return image(chart);
    }

    private static XYChart chart(
            int width, int height, String xTitle, String yTitle, List<Line> lines) {
        XYChart chart =
                new XYChartBuilder()
                        .width(width)
                        .height(height)
                        .xAxisTitle(xTitle)
                        .yAxisTitle(yTitle)
                        .build();
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        chart.getStyler()
                .setChartBackgroundColor(Color.WHITE)
                .setChartTitleVisible(false)
                .setLegendFont(font)
                .setChartFontColor(INK)
                .setChartPadding(4);
        chart.getStyler()
                .setAxisTitleFont(font)
                .setAxisTickLabelsFont(font)
                .setAxisTickLabelsColor(INK)
                .setAxisTickMarksColor(GRID)
                .setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(1))
                .setPlotGridVerticalLinesVisible(false)
                .setYAxisTitleVisible(!yTitle.isEmpty())
                .setPlotBorderVisible(false);
        chart.getStyler().setXAxisDecimalPattern("0");
        chart.getStyler().setYAxisDecimalPattern("0.####");
        for (Line line : lines) {
            XYSeries series = chart.addSeries(line.name(), uneven(line.x()), uneven(line.y()));
            series.setLineColor(line.color());
            series.setLineStyle(new BasicStroke(2));
            series.setMarker(line.x().length > 1 ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
            series.setMarkerColor(line.color());
        }
        return chart;
    }

    /**
     * Adds the midpoint of the first two points, which leaves the line unchanged: at equally spaced
     * values XChart puts ticks at the values instead of at round numbers.
     */
    private static double[] uneven(double[] values) {
        if (values.length < 2) {
            return values;
        }
        double[] more = new double[values.length + 1];
        more[0] = values[0];
        more[1] = (values[0] + values[1]) / 2;
        System.arraycopy(values, 1, more, 2, values.length - 1);
        return more;
    }

    private static String image(XYChart chart) {
        return "data:image/svg+xml;base64,"
                + Base64.getEncoder().encodeToString(svg(chart).getBytes(StandardCharsets.UTF_8));
    }

    private static String svg(XYChart chart) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            VectorGraphicsEncoder.saveVectorGraphic(chart, bytes, VectorGraphicsFormat.SVG);
        } catch (IOException e) {
            throw new IllegalStateException("A chart could not be drawn", e);
        }
        // Browsers do not know Java's name of the font.
        return bytes.toString(StandardCharsets.UTF_8).replace("SansSerif", "sans-serif");
    }
}
