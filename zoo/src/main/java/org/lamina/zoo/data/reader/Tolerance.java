package org.lamina.zoo.data.reader;

import java.util.function.Consumer;
import org.lamina.zoo.data.DataException;

/**
 * How a reader treats a file that breaks the rules of its format but leaves no doubt about the
 * samples: a strict one rejects the file, others read it and make a note.
 *
 * @param file its name, for errors
 * @param strict whether such a file is an error
 * @param notes receives sentences about what was ignored or repaired, without the file's name
 */
public record Tolerance(String file, boolean strict, Consumer<String> notes) {
    /**
     * Handles a violation of the format's rules.
     *
     * @param problem what is wrong
     * @param remedy what the reader does about it
     * @throws DataException if the reader is strict
     */
    public void tolerate(String problem, String remedy) {
        if (strict) {
            throw new DataException("%s: %s (read without --strict)", file, problem);
        }
        note(problem + "; " + remedy);
    }

    /**
     * @param sentence for the user
     */
    public void note(String sentence) {
        notes.accept(sentence);
    }
}
