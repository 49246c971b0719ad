package org.lamina.zoo.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What was passed over or repaired in files; what several have in common is said once. */
public final class FileNotes {
    private final Map<String, List<String>> filesOfNote = new LinkedHashMap<>();

    /**
     * @param file name of a file
     * @return takes what is to be said of it
     */
    public Consumer<String> of(String file) {
        return note -> filesOfNote.computeIfAbsent(note, n -> new ArrayList<>()).add(file);
    }

    /**
     * @param consumer takes each note, with the names of its files
     */
    public void each(Consumer<String> consumer) {
        filesOfNote.forEach((note, files) -> consumer.accept(named(files) + ": " + note));
    }

    /** The first of some files, and how many more there are. */
    static String named(List<String> files) {
        return files.get(0) + (files.size() == 1 ? "" : " and " + (files.size() - 1) + " more");
    }
}
