package org.lamina.zoo.data.recording;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lamina.zoo.data.DataException;

/**
 * Person, session and run of a recording, which define training and test sets and the folds of
 * cross-validation. They are derived from file names:
 *
 * <table>
 * <caption>Rules; the first that matches applies</caption>
 * <tr><th>file</th><th>person</th><th>session</th><th>run</th></tr>
 * <tr><td>BIDS: {@code sub-01_ses-2_task-mi_run-3_eeg.edf}</td><td>{@code sub-01}</td>
 * <td>{@code ses-2}</td><td>the other parts of the name that differ within the folder: {@code ses-2_run-3}; if only {@code sub-} differs: {@code sub-01}</td></tr>
 * <tr><td>PhysioNet: {@code S001R05.edf}</td><td>{@code S001}</td><td></td><td>{@code 05}</td></tr>
 * <tr><td>BCI Competition IV: {@code A01T.gdf}, {@code B0102T.gdf}</td><td>{@code A01}, {@code
 * B01}</td><td>{@code T}, {@code 02T}</td><td>counted</td></tr>
 * <tr><td>{@code subject1-session2-data.csv}: a word for each ({@code subject}, {@code subj},
 * {@code sub}, {@code participant}, {@code person}, {@code vp} or {@code s}; {@code session},
 * {@code sess} or {@code ses}) with a number</td><td>{@code subject1}</td><td>{@code session2}</td>
 * <td>counted</td></tr>
 * <tr><td>others</td><td>the folder's name</td><td></td><td>counted</td></tr>
 * </table>
 *
 * <p>If all files of a folder follow the same rule, runs are named after the files; otherwise they
 * are counted from 1 in the order of the file names. Several people or sessions may share the name
 * of a run.
 *
 * @param person the person recorded; empty if neither file nor folder names one
 * @param session the session; empty if the file name does not give one
 * @param run its name in {@code --train-runs} and {@code --test-runs}
 */
public record RecordingId(String person, String session, String run) implements Serializable {
    private static final Pattern BIDS = Pattern.compile("sub-[^_]+(_[^_-]+-[^_]+)*_i?eeg");
    private static final Pattern PHYSIONET = Pattern.compile("(?i).*(S\\d+)R(\\d+)(\\D.*)?");
    private static final Pattern COMPETITION = Pattern.compile("([A-Z]\\d\\d)((\\d\\d)?[TE])");
    private static final Pattern PERSON =
            word("subject|subj|sub|participant|person|vp|(?<![\\p{L}\\p{N}])s");
    private static final Pattern SESSION = word("session|sess|ses");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /** Checks that none is null. */
    public RecordingId {
        Objects.requireNonNull(person, "person");
        Objects.requireNonNull(session, "session");
        Objects.requireNonNull(run, "run");
    }

    /** A run without person or session, as in simulated EEG. */
    public static RecordingId ofRun(String run) {
        return new RecordingId("", "", run);
    }

    private static Pattern word(String words) {
        return Pattern.compile("(?i)(?<!\\p{L})(" + words + ")[-_ ]?\\d+(?![\\p{L}\\p{N}])");
    }

    /**
     * @param name of a single file
     * @return its identity; the run is the name without its extension if no rule applies
     */
    static RecordingId of(String name) {
        String stem = RecordingFormat.stem(name);
        Matcher physionet = PHYSIONET.matcher(stem);
        Matcher competition = COMPETITION.matcher(stem);
        if (isBids(stem)) {
            Map<String, String> parts = partsOf(stem);
            String session = parts.getOrDefault("ses", "");
            return new RecordingId(parts.get("sub"), session, stem);
        } else if (physionet.matches()) {
            return new RecordingId(physionet.group(1), "", physionet.group(2));
        } else if (competition.matches()) {
            return new RecordingId(competition.group(1), competition.group(2), stem);
        }
        return new RecordingId(first(PERSON, stem), first(SESSION, stem), stem);
    }

    /**
     * @param stem of a file's name
     * @return whether it follows the naming scheme of BIDS
     */
    public static boolean isBids(String stem) {
        return BIDS.matcher(stem).matches();
    }

    private static String first(Pattern pattern, String stem) {
        Matcher matcher = pattern.matcher(stem);
        return matcher.find() ? matcher.group() : "";
    }

    /**
     * @param folder its name
     * @param names of the recordings in it, sorted
     * @return the identity of each
     */
    public static List<RecordingId> of(String folder, List<String> names) {
        List<RecordingId> alone = names.stream().map(RecordingId::of).toList();
        List<String> runs = runs(names, alone);
        List<RecordingId> ids = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            RecordingId id = alone.get(i);
            String person = id.person().isEmpty() ? folder : id.person();
            ids.add(new RecordingId(person, id.session(), runs.get(i)));
        }
        return ids;
    }

    private static List<String> runs(List<String> names, List<RecordingId> alone) {
        List<String> stems = names.stream().map(RecordingFormat::stem).toList();
        if (stems.stream().allMatch(RecordingId::isBids)) {
            return bidsRuns(stems);
        }
        List<String> runs = alone.stream().map(RecordingId::run).toList();
        if (runs.stream().allMatch(run -> NUMBER.matcher(run).matches())) {
            return runs;
        }
        List<String> counted = new ArrayList<>();
        for (int i = 1; i <= names.size(); i++) {
            counted.add(Integer.toString(i));
        }
        return counted;
    }

    /** The parts of the names that differ, except the person unless nothing else differs. */
    private static List<String> bidsRuns(List<String> stems) {
        List<Map<String, String>> files = stems.stream().map(RecordingId::partsOf).toList();
        Set<String> differ = new LinkedHashSet<>();
        for (Map<String, String> file : files) {
            for (String key : file.keySet()) {
                if (!files.stream().allMatch(f -> file.get(key).equals(f.get(key)))) {
                    differ.add(key);
                }
            }
        }
        if (differ.size() > 1) {
            differ.remove("sub");
        }
        return files.stream()
                .map(
                        file ->
                                Stream.<Predicate<String>>of(
                                                differ::contains, key -> !key.equals("sub"))
                                        .map(which -> joined(file, which))
                                        .filter(run -> !run.isEmpty())
                                        .findFirst()
                                        .orElse(file.get("sub")))
                .toList();
    }

    private static String joined(Map<String, String> parts, Predicate<String> which) {
        return parts.keySet().stream()
                .filter(which)
                .map(parts::get)
                .collect(Collectors.joining("_"));
    }

    /** For {@code sub-01_run-3_eeg}: sub to sub-01, run to run-3. */
    private static Map<String, String> partsOf(String stem) {
        Map<String, String> parts = new LinkedHashMap<>();
        for (String part : stem.substring(0, stem.lastIndexOf('_')).split("_")) {
            parts.put(part.substring(0, part.indexOf('-')), part);
        }
        return parts;
    }

    /**
     * Finds runs by name; numbers may have more or fewer leading zeros, so that {@code 5} finds
     * {@code 05} and {@code run-1} finds {@code run-01}.
     *
     * @param wanted names of runs
     * @param known names of the existing runs
     * @return the known name of each, once; a name without match is returned unchanged
     * @throws DataException if a name matches several runs
     */
    public static List<String> matching(Collection<String> wanted, Collection<String> known) {
        return wanted.stream().map(run -> matching(run, known)).distinct().toList();
    }

    private static String matching(String wanted, Collection<String> known) {
        if (known.contains(wanted)) {
            return wanted;
        }
        String digits = withEqualDigits(wanted);
        List<String> found =
                known.stream().distinct().filter(k -> withEqualDigits(k).equals(digits)).toList();
        if (found.size() > 1) {
            throw new DataException(
                    "Run '%s' is ambiguous: %s", wanted, String.join(" or ", found));
        }
        return found.isEmpty() ? wanted : found.get(0);
    }

    /**
     * Orders by the value of the numbers in texts, so that run-10 comes after run-9.
     *
     * @param a a text
     * @param b a text
     * @return as a comparator
     */
    public static int compareByNumber(String a, String b) {
        int byValue = withEqualDigits(a).compareTo(withEqualDigits(b));
        return byValue != 0 ? byValue : a.compareTo(b);
    }

    private static String withEqualDigits(String text) {
        return NUMBER.matcher(text)
                .replaceAll(n -> "0".repeat(Math.max(0, 20 - n.group().length())) + n.group());
    }
}
