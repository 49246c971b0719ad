package org.lamina.zoo.weights;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which array of another implementation is which parameter of a network here, as data: a JSON file.
 *
 * <pre>{@code
 * {"source": "what the names are of",
 *  "offset": -1,
 *  "modules": {"conv": [{"parameter": "W", "name": "weight"}, {"parameter": "b", "name": "bias"}]},
 *  "rules": [
 *    {"parameter": "stage#-block#-conv0", "name": "stages.#.#.conv1", "module": "conv"},
 *    {"parameter": "classifier.W", "name": "head.fc.weight", "axes": [1, 0]},
 *    {"parameter": "norm.mean", "name": "bn.num_batches_tracked", "value": 0}]}
 * }</pre>
 *
 * <p>A parameter is named {@code layer.key}, with the layer's or vertex's name (DL4J calls a layer
 * without one {@code layer0} and so on); of a single layer {@code key} alone. {@code #} stands for a number, in the source's
 * name for that number plus {@code offset} (0). A rule with a {@code module} stands for that
 * module's rules, both names continued by theirs. What a rule may say beside the two names:
 *
 * <ul>
 *   <li>{@code axes}: the source's axes in the order in which the parameter has them,
 *   <li>{@code view}: shape as which the source is seen before that,
 *   <li>{@code shape}: the source's shape where it does not follow from the parameter's; a size is
 *       a number, {@code [axis]} of the parameter, {@code layer.key[axis]} of another one, or
 *       {@code *} for the rest (the same in a view),
 *   <li>{@code factor}: parameter = source * factor,
 *   <li>{@code value}: without a name, what the parameter is in the source, which does not store
 *       it; with a name, what an export writes under it and an import passes over, where the
 *       network has the parameter.
 * </ul>
 *
 * <p>Where a source has had several names for an array, they are a list; an import takes the one
 * that is there, an export the first. A rule for a parameter that the network does not have is for
 * another network and without effect.
 */
public final class NameMap {

    /** A rule as the file has it. */
    record Rule(
            String parameter,
            @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> name,
            String module,
            List<String> shape,
            List<String> view,
            int[] axes,
            Double factor,
            Double value) {

        /** The names continue those of the rule that names the module. */
        Rule in(String layer, List<String> modules) {
            List<String> names = new ArrayList<>();
            for (String prefix : modules) {
                name.forEach(n -> names.add(join(prefix, n)));
            }
            return named(join(layer, parameter), names);
        }

        Rule named(String here, List<String> there) {
            return new Rule(here, there, null, shape, view, axes, factor, value);
        }

        private static String join(String first, String second) {
            return first.isEmpty() ? second : first + "." + second;
        }
    }

    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final Pattern NUMBER = Pattern.compile("#");

    private final String source;
    private final int offset;
    private final List<Rule> rules;

    @JsonCreator
    private NameMap(
            @JsonProperty("source") String source,
            @JsonProperty("offset") int offset,
            @JsonProperty("modules") Map<String, List<Rule>> modules,
            @JsonProperty("rules") List<Rule> rules) {
        this.source = source;
        this.offset = offset;
        this.rules = new ArrayList<>();
        for (Rule rule : rules) {
            if (rule.module() == null) {
                this.rules.add(rule);
                continue;
            }
            List<Rule> parts = modules == null ? null : modules.get(rule.module());
            if (parts == null) {
                throw new WeightsException(
                        source + ": the map has no module '" + rule.module() + "'");
            }
            for (Rule part : parts) {
                this.rules.add(part.in(rule.parameter(), rule.name()));
            }
        }
        for (Rule rule : this.rules) {
            if (rule.parameter() == null || (rule.name() == null && rule.value() == null)) {
                throw new WeightsException(
                        source
                                + ": the rule for "
                                + (rule.parameter() == null ? rule.name() : rule.parameter())
                                + " needs a parameter, and a name or a value");
            }
        }
    }

    private NameMap(String source, int offset, List<Rule> rules) {
        this.source = source;
        this.offset = offset;
        this.rules = rules;
    }

    /**
     * Reads a map of one's own.
     *
     * @throws WeightsException if the file is no such map
     * @throws IOException if it cannot be read
     */
    public static NameMap read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return JSON.readValue(in, NameMap.class);
        } catch (JsonProcessingException e) {
            throw new WeightsException(file + ": no name map: " + e.getOriginalMessage(), e);
        }
    }

    /** Reads a map that comes with this class. */
    static NameMap resource(String name) {
        try (InputStream in = NameMap.class.getResourceAsStream(name + ".json")) {
            return JSON.readValue(in, NameMap.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names that the parameters have here; it cannot be joined with others. */
    public static NameMap own() {
        return new NameMap("Lamina", 0, null);
    }

    /**
     * This map of a single layer for a layer of a network.
     *
     * @param layer name of the layer
     * @param module what the source's names begin with, without the dot; empty for nothing
     */
    public NameMap at(String layer, String module) {
        List<Rule> moved = new ArrayList<>();
        rules.forEach(rule -> moved.add(rule.in(layer, List.of(module))));
        return new NameMap(source, offset, moved);
    }

    /** This map and another one, for other layers of the same network. */
    public NameMap and(NameMap other) {
        if (offset != other.offset) {
            throw new WeightsException(
                    source + " and " + other.source + " count differently; they cannot be joined");
        }
        List<Rule> all = new ArrayList<>(rules);
        all.addAll(other.rules);
        return new NameMap(source, offset, all);
    }

    /** This map with a part of the source's names replaced, where they depend on the layer. */
    NameMap replacing(Map<String, String> parts) {
        List<Rule> changed = new ArrayList<>();
        for (Rule rule : rules) {
            List<String> names = new ArrayList<>();
            for (String name : rule.name()) {
                String replaced = name;
                for (Map.Entry<String, String> part : parts.entrySet()) {
                    replaced = replaced.replace(part.getKey(), part.getValue());
                }
                names.add(replaced);
            }
            changed.add(rule.named(rule.parameter(), names));
        }
        return new NameMap(source, offset, changed);
    }

    /** What the names are of. */
    public String source() {
        return source;
    }

    /**
     * The rules that apply to a network.
     *
     * @param shapes of the network's parameters
     */
    List<Mapping> mappings(Map<String, long[]> shapes) {
        List<Mapping> mappings = new ArrayList<>();
        if (rules == null) {
            shapes.forEach((name, shape) -> mappings.add(Mapping.same(name, shape)));
            return mappings;
        }
        for (Rule rule : rules) {
            // Quoted, but for the numbers.
            String quoted =
                    NUMBER.matcher("\\Q" + rule.parameter() + "\\E")
                            .replaceAll(Matcher.quoteReplacement("\\E(\\d+)\\Q"));
            Pattern pattern = Pattern.compile(quoted);
            for (Map.Entry<String, long[]> parameter : shapes.entrySet()) {
                Matcher match = pattern.matcher(parameter.getKey());
                if (match.matches()) {
                    mappings.add(mapping(rule, match, parameter.getValue(), shapes));
                }
            }
        }
        return mappings;
    }

    private Mapping mapping(
            Rule rule, Matcher match, long[] target, Map<String, long[]> shapes) {
        List<String> names = null;
        if (rule.name() != null) {
            names = new ArrayList<>();
            for (String name : rule.name()) {
                names.add(numbered(name, match, offset));
            }
        }
        if (names != null && rule.value() != null) {
            return Mapping.constant(names, rule.value());
        }
        int[] axes = rule.axes();
        long[] shape = sizes(rule.shape(), match, target, shapes);
        long[] view = sizes(rule.view(), match, target, shapes);
        if (shape == null) {
            shape = axes == null || view != null ? target : Mapping.unpermuted(target, axes);
        }
        return new Mapping(
                match.group(),
                names,
                shape,
                view == null ? shape : view,
                axes,
                target,
                rule.factor() == null ? 1 : rule.factor(),
                rule.value());
    }

    private static String numbered(String template, Matcher match, int offset) {
        int[] group = {0};
        return NUMBER.matcher(template)
                .replaceAll(
                        m -> {
                            group[0]++;
                            return Long.toString(Long.parseLong(match.group(group[0])) + offset);
                        });
    }

    private long[] sizes(
            List<String> given, Matcher match, long[] target, Map<String, long[]> shapes) {
        if (given == null) {
            return null;
        }
        long[] sizes = new long[given.size()];
        int rest = -1;
        long product = 1;
        for (int d = 0; d < sizes.length; d++) {
            String size = given.get(d);
            if (size.equals("*")) {
                rest = d;
                continue;
            }
            sizes[d] = size.endsWith("]") ? size(size, match, target, shapes) : Long.parseLong(size);
            product *= sizes[d];
        }
        if (rest >= 0) {
            long length = 1;
            for (long size : target) {
                length *= size;
            }
            sizes[rest] = product == 0 ? 0 : length / product;
        }
        return sizes;
    }

    private long size(String size, Matcher match, long[] target, Map<String, long[]> shapes) {
        int bracket = size.indexOf('[');
        int axis = Integer.parseInt(size.substring(bracket + 1, size.length() - 1));
        String other = numbered(size.substring(0, bracket), match, 0);
        long[] shape = other.isEmpty() ? target : shapes.get(other);
        if (shape == null || axis >= shape.length) {
            throw new WeightsException(
                    source
                            + ": the map of "
                            + match.group()
                            + " refers to axis "
                            + axis
                            + " of '"
                            + other
                            + "', which the network does not have");
        }
        return shape[axis];
    }

    @Override
    public String toString() {
        return "names of " + source;
    }
}
