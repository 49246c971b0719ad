package org.lamina.zoo.data.files;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Notes on what was skipped or repaired in files; a note that several files share is reported once.
 */
public final class FileNotes {
    private final Map<String, List<String>> filesOfNote = new LinkedHashMap<>();

    /**
     * @param file name of a file
     * @return takes the notes on that file
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
