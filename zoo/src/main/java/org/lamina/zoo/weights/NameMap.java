package org.lamina.zoo.weights;

import com.fasterxml.jackson.annotation.JsonCreator;
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
 * Maps the arrays of another implementation to the parameters of a network, as data: a JSON file.
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
 * without one {@code layer0} and so on); of a single layer {@code key} alone. {@code #} stands for
 * a number, in the source's name for that number plus {@code offset} (0). A rule with a {@code
 * module} stands for that module's rules, both names continued by theirs. What a rule may say
 * beside the two names:
 *
 * <ul>
 *   <li>{@code axes}: the source's axes in the order in which the parameter has them,
 *   <li>{@code view}: shape as which the source is seen before that,
 *   <li>{@code shape}: the source's shape where it does not follow from the parameter's; a size is
 *       a number, {@code [axis]} of the parameter, {@code layer.key[axis]} of another one, or
 *       {@code *} for the rest (the same in a view),
 *   <li>{@code factor}: parameter = source * factor,
 *   <li>{@code copies}: names under which the source stores the array again; an export writes them,
 *       an import wants them to be equal where they are there,
 *   <li>{@code value}: without a name, what the parameter is in the source, which does not store
 *       it; with a name, what an export writes under it and an import passes over, where the
 *       network has the parameter.
 * </ul>
 *
 * <p>If a source has had several names for an array, they are a list; an import takes the one that
 * is present, an export the first. Names with a prefix listed in {@code refused} are an error, with
 * the reason given: {@code "refused": [{"names": ["old."], "reason": "..."}]}. A rule for a
 * parameter that the network does not have has no effect.
 */
public final class NameMap {

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final String source;
    private final int offset;
    private final List<NameRule> rules;

    private final List<Refusal> refused;

    /**
     * Names of other versions of the source, whose network differs.
     *
     * @param names their prefixes
     * @param reason for the error of an import
     */
    private record Refusal(List<String> names, String reason) {}

    @JsonCreator
    private NameMap(
            @JsonProperty("source") String source,
            @JsonProperty("offset") int offset,
            @JsonProperty("modules") Map<String, List<NameRule>> modules,
            @JsonProperty("rules") List<NameRule> rules,
            @JsonProperty("refused") List<Refusal> refused) {
        this.source = source;
        this.offset = offset;
        this.refused = refused == null ? List.of() : refused;
        this.rules = new ArrayList<>();
        for (NameRule rule : rules) {
            if (rule.module() == null) {
                this.rules.add(rule);
                continue;
            }
            List<NameRule> parts = modules == null ? null : modules.get(rule.module());
            if (parts == null) {
                throw new WeightsException(
                        source + ": the map has no module '" + rule.module() + "'");
            }
            for (NameRule part : parts) {
                this.rules.add(part.in(rule.parameter(), rule.name()));
            }
        }
        for (NameRule rule : this.rules) {
            rule.check(source);
        }
    }

    private NameMap(String source, int offset, List<NameRule> rules, List<Refusal> refused) {
        this.source = source;
        this.offset = offset;
        this.rules = rules;
        this.refused = refused;
    }

    /**
     * Reads a map from a file.
     *
     * @throws WeightsException if the file is not such a map
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

    /** The names of the parameters here; it cannot be joined with others. */
    public static NameMap own() {
        return new NameMap("Lamina", 0, null, List.of());
    }

    /**
     * This map of a single layer, applied to a layer of a network.
     *
     * @param layer name of the layer
     * @param module prefix of the source's names, without the dot; may be empty
     */
    public NameMap at(String layer, String module) {
        checkRules();
        List<NameRule> moved = new ArrayList<>();
        rules.forEach(rule -> moved.add(rule.in(layer, List.of(module))));
        return new NameMap(source, offset, moved, refused);
    }

    /** This map joined with another one for other layers of the same network. */
    public NameMap and(NameMap other) {
        checkRules();
        other.checkRules();
        if (offset != other.offset) {
            throw new WeightsException(
                    source + " and " + other.source + " count differently; they cannot be joined");
        }
        List<NameRule> all = new ArrayList<>(rules);
        all.addAll(other.rules);
        List<Refusal> refusals = new ArrayList<>(refused);
        refusals.addAll(other.refused);
        return new NameMap(source, offset, all, refusals);
    }

    private void checkRules() {
        if (rules == null) {
            throw new WeightsException(
                    "the network's own names are for all of it; they cannot be moved or joined");
        }
    }

    /** This map with parts of the source's names replaced. */
    NameMap replacing(Map<String, String> parts) {
        List<NameRule> changed = new ArrayList<>();
        rules.forEach(rule -> changed.add(rule.renamed(name -> replaced(name, parts))));
        return new NameMap(source, offset, changed, refused);
    }

    private static String replaced(String name, Map<String, String> parts) {
        String replaced = name;
        for (Map.Entry<String, String> part : parts.entrySet()) {
            replaced = replaced.replace(part.getKey(), part.getValue());
        }
        return replaced;
    }

    /** Why a name is refused, or null. */
    String refusal(String name) {
        return refused.stream()
                .filter(refusal -> refusal.names.stream().anyMatch(name::startsWith))
                .map(Refusal::reason)
                .findFirst()
                .orElse(null);
    }

    /** The implementation that the names are from. */
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
        for (NameRule rule : rules) {
            Pattern pattern = rule.pattern();
            for (Map.Entry<String, long[]> parameter : shapes.entrySet()) {
                Matcher match = pattern.matcher(parameter.getKey());
                if (match.matches()) {
                    mappings.add(rule.mapping(match, parameter.getValue(), shapes, offset));
                }
            }
        }
        return mappings;
    }

    @Override
    public String toString() {
        return "names of " + source;
    }
}
