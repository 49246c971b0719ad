package org.lamina.zoo.data.files;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.lamina.zoo.data.NameList;

/**
 * Notes on what was ignored or repaired in files. A note that applies to several files is reported
 * once.
 */
public final class FileNotes {
    private final Map<String, List<String>> filesOfNote = new LinkedHashMap<>();

    /**
     * @param file name of a file
     * @return a consumer of the notes on that file
     */
    public Consumer<String> of(String file) {
        return note -> filesOfNote.computeIfAbsent(note, n -> new ArrayList<>()).add(file);
    }

    /**
     * @param consumer receives each note with the names of its files
     */
    public void each(Consumer<String> consumer) {
        filesOfNote.forEach((note, files) -> consumer.accept(NameList.first(files) + ": " + note));
    }
}
