package org.lamina.zoo.data.edf;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;

/** Reads small files that {@link EdfWriter} makes. */
abstract class EdfFiles {
    @TempDir Path folder;

    Path write(EdfWriter writer) throws Exception {
        return writer.write(folder.resolve("test.edf"));
    }

    static String failure(Path file) {
        return assertThrows(
                        DataException.class,
                        () -> {
                            try (EdfReader reader = EdfReader.openStrict(file)) {
                                reader.segments(List.of());
                            }
                        })
                .getMessage();
    }

    /** Reads all channels; what the reader says about it is added to the notes. */
    Recording read(EdfWriter writer, List<String> notes, String... channels) throws Exception {
        try (EdfReader reader = EdfReader.open(write(writer), false, notes::add)) {
            return reader.recording(List.of(channels));
        }
    }

    static List<String> labels(Recording recording) {
        return recording.events().stream().map(Event::label).toList();
    }
}
