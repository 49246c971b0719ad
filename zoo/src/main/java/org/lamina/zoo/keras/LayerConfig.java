package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.lamina.zoo.weights.WeightsException;

/** A layer's arguments. Whatever has a value and is not asked for is refused in the end. */
final class LayerConfig {

    /** What has no influence on the layer's output once its weights are there. */
    private static final Set<String> WITHOUT_INFLUENCE =
            Set.of(
                    "name",
                    "trainable",
                    "dtype",
                    "batch_input_shape",
                    "batch_shape",
                    "input_dtype",
                    "seed",
                    "renorm_momentum",
                    "autocast",
                    "implementation");

    private final String name;
    private final String className;
    private final JsonNode arguments;
    private final Set<String> asked = new HashSet<>();

    LayerConfig(String name, String className, JsonNode arguments) {
        this.name = name;
        this.className = className;
        this.arguments = arguments;
    }

    String name() {
        return name;
    }

    String className() {
        return className;
    }

    /** Names the layer in messages. */
    String describe() {
        return "layer \"" + name + "\" (" + className + ")";
    }

    WeightsException refused(String why) {
        return new WeightsException(describe() + ": " + why);
    }

    WeightsException refused(String format, Object... args) {
        return refused(String.format(Locale.ROOT, format, args));
    }

    /** Refuses input that does not have {@code rank} spatial axes and one of channels. */
    void checkRank(Tensor x, int rank) {
        if (x.rank() != rank + 1) {
            throw refused(
                    "its input has the shape %s; it must have %s axes",
                    Arrays.toString(x.shape()), rank + 1);
        }
    }

    /** An argument's value, null if there is none. */
    JsonNode get(String argument) {
        asked.add(argument);
        JsonNode value = arguments.get(argument);
        return value == null || value.isNull() ? null : value;
    }

    String text(String argument, String otherwise) {
        JsonNode value = get(argument);
        return value == null ? otherwise : value.asText();
    }

    boolean flag(String argument, boolean otherwise) {
        JsonNode value = get(argument);
        if (value != null && !value.isBoolean()) {
            throw refused(argument + " = " + value + "; must be true or false");
        }
        return value == null ? otherwise : value.asBoolean();
    }

    double number(String argument, double otherwise) {
        JsonNode value = get(argument);
        if (value != null && (!value.isNumber() || !Double.isFinite(value.asDouble()))) {
            throw refused(argument + " = " + value + "; must be a finite number");
        }
        return value == null ? otherwise : value.asDouble();
    }

    int integer(String argument, int otherwise) {
        JsonNode value = get(argument);
        return value == null ? otherwise : integer(argument, value);
    }

    private int integer(String argument, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw refused(argument + " = " + value + "; must be a whole number");
        }
        return value.asInt();
    }

    /**
     * Whole numbers of a list, or the one that stands for all; null if there is none.
     *
     * @param count how many there must be; -1 for any number
     */
    int[] integers(String argument, int count) {
        JsonNode value = get(argument);
        if (value == null) {
            return null;
        }
        int[] numbers = new int[value.isArray() ? value.size() : Math.max(1, count)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = integer(argument, value.isArray() ? value.get(i) : value);
        }
        if (count >= 0 && numbers.length != count) {
            throw refused(argument + " = " + value + "; must be " + count + " whole numbers");
        }
        return numbers;
    }

    /** As {@link #integers}, each 1 or greater; ones if there is none. */
    int[] sizes(String argument, int count) {
        int[] sizes = integers(argument, count);
        if (sizes == null) {
            sizes = new int[count];
            Arrays.fill(sizes, 1);
        }
        if (Arrays.stream(sizes).anyMatch(size -> size < 1)) {
            throw refused(argument + " = " + Arrays.toString(sizes) + "; must be 1 or greater");
        }
        return sizes;
    }

    /** Refuses what {@code argument} has unless it is one of these. */
    String oneOf(String argument, String otherwise, String... allowed) {
        String value = text(argument, otherwise);
        if (!List.of(allowed).contains(value)) {
            throw refused(
                    "%s = '%s' is not supported; allowed %s '%s'",
                    argument,
                    value,
                    allowed.length == 1 ? "is" : "are",
                    String.join("', '", allowed));
        }
        return value;
    }

    /** Whether channels are the last axis; null if the layer does not say. */
    Boolean channelsLast() {
        JsonNode value = arguments.get("data_format");
        if (value == null || value.isNull()) {
            asked.add("data_format");
            return null;
        }
        return oneOf("data_format", null, "channels_last", "channels_first")
                .equals("channels_last");
    }

    /** The layer may have no other arguments. */
    void check() {
        Iterator<Map.Entry<String, JsonNode>> fields = arguments.fields();
        while (fields.hasNext()) {
            Map.Entry<String, JsonNode> field = fields.next();
            JsonNode value = field.getValue();
            boolean nothing =
                    value.isNull()
                            || value.isBoolean() && !value.asBoolean()
                            || value.isContainerNode() && value.isEmpty();
            String argument = field.getKey();
            if (!nothing
                    && !asked.contains(argument)
                    && !WITHOUT_INFLUENCE.contains(argument)
                    && !argument.endsWith("_initializer")) {
                throw refused("the argument " + argument + " = " + value + " is not supported");
            }
        }
    }
}
