package org.lamina.zoo.cli;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** Which switches the user gave, for commands that do not take all of them at once. */
final class Switches {
    private Switches() {}

    /** The switches of a group that are set, by name, in the order of its fields. */
    static Map<String, Object> given(Object group) {
        Map<String, Object> given = new LinkedHashMap<>();
        for (Field field : group.getClass().getDeclaredFields()) {
            Option option = field.getAnnotation(Option.class);
            if (option != null) {
                Object value = value(field, group);
                if (!Settings.isOff(value)) {
                    given.put(option.names()[0], value);
                }
            }
        }
        return given;
    }

    private static Object value(Field field, Object group) {
        try {
            field.setAccessible(true);
            return field.get(group);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Refuses the switches of a group where they would be ignored, but for some of them. */
    static void refuse(Object group, String reason, String... allowed) {
        for (String name : given(group).keySet()) {
            if (!Arrays.asList(allowed).contains(name)) {
                throw new UsageException(name + ": " + reason);
            }
        }
    }

    /** Refuses switches beside {@code --resume}, but for some of them. */
    static void checkResume(CommandSpec spec, Set<String> allowed) {
        List<String> others =
                spec.commandLine().getParseResult().matchedOptions().stream()
                        .map(OptionSpec::longestName)
                        .filter(name -> !name.equals("--resume") && !allowed.contains(name))
                        .sorted()
                        .toList();
        if (!others.isEmpty()) {
            throw new UsageException(
                    "--resume continues a run with the settings that it was started with; leave out"
                            + " %s",
                    String.join(", ", others));
        }
    }
}
