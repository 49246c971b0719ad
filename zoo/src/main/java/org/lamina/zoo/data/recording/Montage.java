package org.lamina.zoo.data.recording;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lamina.zoo.data.DataException;

/**
 * Positions of the electrodes of the 10-10 system, seen from above: x to the right, y to the front.
 */
public final class Montage {
    private static final Pattern NAME =
            Pattern.compile("(fp|af|f|fc|ft|c|t|cp|tp|p|po|o|i)(z|[1-9]|10)");

    /** Rows from front to back, in steps of a tenth of the length of the head. */
    private static final Map<String, Double> ROWS =
            Map.ofEntries(
                    Map.entry("fp", 0.8),
                    Map.entry("af", 0.6),
                    Map.entry("f", 0.4),
                    Map.entry("fc", 0.2),
                    Map.entry("ft", 0.2),
                    Map.entry("c", 0.0),
                    Map.entry("t", 0.0),
                    Map.entry("cp", -0.2),
                    Map.entry("tp", -0.2),
                    Map.entry("p", -0.4),
                    Map.entry("po", -0.6),
                    Map.entry("o", -0.8),
                    Map.entry("i", -1.0));

    private Montage() {}

    /**
     * A point on the head seen from above.
     *
     * @param x from -1 (left) to 1 (right)
     * @param y from -1 (back) to 1 (front)
     */
    public record Position(double x, double y) {
        /** Euclidean distance. */
        public double distance(Position other) {
            return Math.hypot(x - other.x, y - other.y);
        }
    }

    /**
     * Approximate position of an electrode. Steps are 0.2 between neighbours; the rows at the front
     * and back are narrower so that all lie on the unit disc.
     *
     * @param channel a name of the 10-10 system, compared by {@link Recording#canonical}
     * @return its position
     * @throws DataException if the name is not one of the system
     */
    public static Position position(String channel) {
        Matcher name = NAME.matcher(Recording.canonical(channel).toLowerCase(Locale.ROOT));
        if (!name.matches()) {
            throw new DataException(
                    "Channel '%s' is not a name of the 10-10 system, such as Fz, FC3 or POz",
                    channel);
        }
        double y = ROWS.get(name.group(1));
        double x = 0;
        if (!name.group(2).equals("z")) {
            int number = Integer.parseInt(name.group(2));
            int steps = (number + 1) / 2;
            x = (number % 2 == 1 ? -0.2 : 0.2) * steps;
        }
        return new Position(x * Math.sqrt(1 - 0.7 * y * y), y);
    }
}
