package org.lamina.zoo.data.reader;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Units of voltage in common spellings. */
public final class Voltage {
    /** EDF truncates units to eight characters ("microvol"). */
    private static final Pattern UNIT =
            Pattern.compile("(?i)(?<prefix>.*?)[\\s_-]*(v|vol|volt|volts)\\.?");

    private static final Map<String, Double> MICROVOLTS =
            Map.ofEntries(
                    Map.entry("p", 1e-6),
                    Map.entry("pico", 1e-6),
                    Map.entry("n", 1e-3),
                    Map.entry("nano", 1e-3),
                    Map.entry("u", 1.0),
                    Map.entry("micro", 1.0),
                    // The micro sign and the Greek letter, then their UTF-8 bytes read as Latin-1,
                    // in lower case
                    Map.entry("\u00b5", 1.0),
                    Map.entry("\u03bc", 1.0),
                    Map.entry("\u00e2\u00b5", 1.0),
                    Map.entry("\u00ee\u00bc", 1.0),
                    Map.entry("centi", 1e4),
                    Map.entry("deci", 1e5),
                    Map.entry("m", 1e3),
                    Map.entry("milli", 1e3),
                    Map.entry("", 1e6),
                    Map.entry("k", 1e9),
                    Map.entry("kilo", 1e9),
                    Map.entry("mega", 1e12));

    private Voltage() {}

    /**
     * The number of microvolts in a unit. SI prefixes may be symbols or words ({@code mV}, {@code
     * uV}, {@code µV} with either mu, {@code millivolt}, {@code m V}, {@code Volts}), in upper or
     * lower case as long as it is unambiguous: {@code mv} is millivolt and {@code UV} microvolt,
     * but {@code MV} could be millivolt or megavolt and is rejected.
     *
     * @param unit as written in a file
     * @return the factor; 0 if the unit is not one of voltage
     */
    public static double microvolts(String unit) {
        Matcher matcher = UNIT.matcher(unit.strip());
        if (!matcher.matches() || matcher.group("prefix").equals("M")) {
            return 0;
        }
        return MICROVOLTS.getOrDefault(matcher.group("prefix").toLowerCase(Locale.ROOT), 0.0);
    }
}
