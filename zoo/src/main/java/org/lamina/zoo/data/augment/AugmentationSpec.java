package org.lamina.zoo.data.augment;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.regex.Pattern;
import org.lamina.zoo.data.DataException;

/**
 * Augmentations as text: {@code NAME[:ARG=VALUE[,ARG=VALUE]]}, for example {@code
 * smooth-time-mask:mask_len_samples=50}. Names and arguments are braindecode's; case, hyphens and
 * underscores do not matter. Arguments that are not given have the defaults of the <a
 * href="https://github.com/braindecode/braindecode/blob/master/braindecode/augmentation/transforms.py">
 * transforms</a> of braindecode 1.5 where these have any. Otherwise {@code probability} is 0.5,
 * {@code alpha} of {@link Mixup} 1 and {@code max_shift} of {@link TimeShift} 12 (TorchEEG's {@code
 * shift_max}). The sampling rate is that of the data.
 */
public final class AugmentationSpec {
    private static final double PROBABILITY = 0.5;

    /** Given by the data, not by an argument. */
    private static final String RATE = "sfreq";

    private static final Pattern PUNCTUATION = Pattern.compile("[-_]");
    private static final Pattern CAPITAL = Pattern.compile("(?<=[a-z])([A-Z])");

    private static final Map<String, DoubleFunction<Augmentation>> DEFAULTS = defaults();

    private AugmentationSpec() {}

    private static Map<String, DoubleFunction<Augmentation>> defaults() {
        Map<String, DoubleFunction<Augmentation>> all = new LinkedHashMap<>();
        all.put("time-reverse", rate -> new TimeReverse(PROBABILITY));
        all.put("time-shift", rate -> new TimeShift(PROBABILITY, 12));
        all.put("sign-flip", rate -> new SignFlip(PROBABILITY));
        all.put("amplitude-scale", rate -> new AmplitudeScale(PROBABILITY, 0.5, 2));
        all.put("gaussian-noise", rate -> new GaussianNoise(PROBABILITY, 0.1));
        all.put("smooth-time-mask", rate -> new SmoothTimeMask(PROBABILITY, 100));
        all.put("channels-dropout", rate -> new ChannelsDropout(PROBABILITY, 0.2));
        all.put("channels-shuffle", rate -> new ChannelsShuffle(PROBABILITY, 0.2));
        all.put("ft-surrogate", rate -> new FTSurrogate(PROBABILITY, 1, false));
        all.put("frequency-shift", rate -> new FrequencyShift(PROBABILITY, rate, 2));
        all.put("bandstop-filter", rate -> new BandstopFilter(PROBABILITY, rate, 1, rate / 2));
        all.put("mixup", rate -> new Mixup(1, false));
        return all;
    }

    /**
     * @return the known names
     */
    public static List<String> names() {
        return List.copyOf(DEFAULTS.keySet());
    }

    /**
     * @param text of an augmentation
     * @param samplingRate of the data in Hz
     * @return the augmentation
     * @throws DataException if the name, an argument or a value is unknown or not allowed; the
     *     message lists what is
     */
    public static Augmentation parse(String text, double samplingRate) {
        String[] parts = text.split(":", 2);
        DoubleFunction<Augmentation> maker =
                DEFAULTS.entrySet().stream()
                        .filter(entry -> plain(entry.getKey()).equals(plain(parts[0])))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new DataException(
                                                "No augmentation '%s'; available: %s",
                                                parts[0], String.join(", ", names())));
        try {
            Augmentation defaults = maker.apply(samplingRate);
            return parts.length == 1 ? defaults : with(defaults, parts[1].split(","));
        } catch (DataException e) {
            throw new DataException("Augmentation '%s': %s", text, e.getMessage(), e);
        }
    }

    /** The same augmentation with some arguments replaced. */
    private static Augmentation with(Augmentation defaults, String[] arguments) {
        RecordComponent[] components = defaults.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        boolean[] given = new boolean[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = value(defaults, components[i]);
        }
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            int i = indexOf(pair[0], components);
            if (pair.length < 2 || given[i]) {
                throw new DataException(
                        pair[0] + (given[i] ? " is given twice" : " needs a value: ARG=VALUE"));
            }
            given[i] = true;
            values[i] = parse(pair[0], pair[1].strip(), components[i].getType());
        }
        return make(defaults, components, values);
    }

    private static int indexOf(String name, RecordComponent[] components) {
        List<String> known = new ArrayList<>();
        for (int i = 0; i < components.length; i++) {
            String component = components[i].getName();
            if (!component.equals(RATE)) {
                if (plain(component).equals(plain(name))) {
                    return i;
                }
                known.add(CAPITAL.matcher(component).replaceAll("_$1").toLowerCase(Locale.ROOT));
            }
        }
        throw new DataException("no argument '%s'; available: %s", name, String.join(", ", known));
    }

    private static String plain(String name) {
        return PUNCTUATION.matcher(name.strip()).replaceAll("").toLowerCase(Locale.ROOT);
    }

    private static Object parse(String name, String value, Class<?> type) {
        try {
            if (type == double.class) {
                return Double.parseDouble(value);
            }
            if (type == int.class) {
                return Integer.parseInt(value);
            }
        } catch (NumberFormatException e) {
            throw new DataException(
                    "%s '%s' must be a %s",
                    name, value, type == int.class ? "whole number" : "number", e);
        }
        if (!value.matches("(?i)true|false")) {
            throw new DataException("%s '%s' must be true or false", name, value);
        }
        return Boolean.parseBoolean(value);
    }

    private static Object value(Augmentation augmentation, RecordComponent component) {
        try {
            return component.getAccessor().invoke(augmentation);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Augmentation make(
            Augmentation like, RecordComponent[] components, Object[] values) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<? extends Augmentation> constructor =
                    like.getClass().getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof DataException wrong) {
                throw wrong;
            }
            throw new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
