package org.lamina.benchmark;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The charts: layers beside PyTorch's, and networks. */
final class Charts {

    private static final Map<Competitor, Color> COLOURS =
            Map.of(
                    Competitor.LAMINA, new Color(0x1B6CA8),
                    Competitor.LAMINA_SAMEDIFF, new Color(0x7FB7DE),
                    Competitor.LAMINA_COMPILED, new Color(0x0B3C5D),
                    Competitor.PYTORCH, new Color(0xE4572E),
                    Competitor.ONNX_RUNTIME, new Color(0x8E5EA2),
                    Competitor.DL4J, new Color(0x6B6B6B),
                    Competitor.DL4J_DEFAULT, new Color(0xB5B5B5),
                    Competitor.LAMINA_DEFAULT, new Color(0x2A9D5C));

    private final Results results;

    Charts(Results results) {
        this.results = results;
    }

    /** Writes the charts that there are measurements for. */
    List<Path> write(Path folder) throws IOException {
        List<Path> written = new ArrayList<>();
        List<Workload> layers =
                results.workloads().stream()
                        .filter(w -> w instanceof LayerWorkload)
                        .filter(w -> w.mode() == Workload.Mode.BACKWARD)
                        .filter(w -> w.size().equals("typical"))
                        .filter(w -> results.row(w).containsKey(Competitor.PYTORCH))
                        .toList();
        CategoryChart layerChart =
                chart(
                        "Layers, forward and backward: time over PyTorch's (less is better)",
                        "times PyTorch's time",
                        layers,
                        layers.stream().map(Workload::name).toList(),
                        List.of(
                                Competitor.LAMINA,
                                Competitor.LAMINA_SAMEDIFF,
                                Competitor.DL4J,
                                Competitor.PYTORCH),
                        (w, c) -> results.ratio(w, c, Competitor.PYTORCH));
        List<Workload> networks =
                results.workloads().stream().filter(Networks.ALL::contains).toList();
        // What the others are measured by: a line at 1, not bars.
        layerChart.getSeriesMap().values().stream()
                .filter(series -> series.getName().equals(Competitor.PYTORCH.toString()))
                .forEach(
                        series -> {
                            series.setChartCategorySeriesRenderStyle(
                                    CategorySeries.CategorySeriesRenderStyle.Line);
                            series.setLineColor(COLOURS.get(Competitor.PYTORCH));
                            series.setMarker(SeriesMarkers.NONE);
                        });
        CategoryChart networkChart =
                chart(
                        "Networks: time of a step (less is better)",
                        "ms",
                        networks,
                        networks.stream().map(w -> w.id().replace(" step", "")).toList(),
                        List.of(
                                Competitor.LAMINA,
                                Competitor.LAMINA_COMPILED,
                                Competitor.LAMINA_DEFAULT,
                                Competitor.PYTORCH,
                                Competitor.DL4J,
                                Competitor.DL4J_DEFAULT),
                        (w, c) -> results.of(w, c, Measurement::wallMillis));
        for (CategoryChart chart : List.of(layerChart, networkChart)) {
            if (!chart.getSeriesMap().isEmpty()) {
                String name = chart == layerChart ? "layers" : "networks";
                written.addAll(save(chart, folder.resolve(name)));
            }
        }
        return written;
    }

    private CategoryChart chart(
            String title,
            String yAxis,
            List<Workload> workloads,
            List<String> names,
            List<Competitor> competitors,
            ToDoubleBiFunction<Workload, Competitor> quantity) {
        CategoryChart chart =
                new CategoryChartBuilder()
                        .width(1400)
                        .height(1000)
                        .title(title)
                        .yAxisTitle(yAxis)
                        .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setPlotBorderVisible(false);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
        chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
        chart.getStyler().setLegendBorderColor(Color.WHITE);
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setXAxisLabelRotation(names.size() > 8 ? 90 : 15);
        chart.getStyler().setXAxisLabelAlignmentVertical(AxesChartStyler.TextAlignment.Right);
        chart.getStyler().setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
        chart.getStyler().setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
        for (Competitor competitor : competitors) {
            List<Double> values = new ArrayList<>();
            for (Workload workload : workloads) {
                double value = quantity.applyAsDouble(workload, competitor);
                values.add(Double.isNaN(value) ? null : value);
            }
            if (values.stream().anyMatch(v -> v != null)) {
                chart.addSeries(competitor.toString(), names, values)
                        .setFillColor(COLOURS.get(competitor));
            }
        }
        // Bars begin at the axis: a power of ten below the lowest.
        double low =
                workloads.stream()
                        .flatMapToDouble(
                                w ->
                                        competitors.stream()
                                                .mapToDouble(c -> quantity.applyAsDouble(w, c)))
                        .filter(v -> !Double.isNaN(v))
                        .min()
                        .orElse(1);
        chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(low))));
        return chart;
    }

    private static List<Path> save(CategoryChart chart, Path file) throws IOException {
        VectorGraphicsEncoder.saveVectorGraphic(
                chart, file.toString(), VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapEncoder.BitmapFormat.PNG);
        return List.of(Path.of(file + ".svg"), Path.of(file + ".png"));
    }
}
