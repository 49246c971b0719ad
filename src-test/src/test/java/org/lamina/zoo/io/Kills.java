package org.lamina.zoo.io;

import java.nio.file.Path;

/** Ends what runs at one of the renames by which files come into being, as a power cut would. */
public final class Kills {
    private Kills() {}

    /** Nobody catches it but the program's last resort. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Runs something that does not survive.
     *
     * @param file name of the file whose rename it is
     * @param after whether the rename is done
     * @return whether there was such a rename
     */
    public static boolean at(String file, boolean after, Runnable body) {
        boolean[] killed = {false};
        AtomicFile.moves =
                new AtomicFile.Moves() {
                    @Override
                    public void beforeMove(Path target) {
                        kill(target, !after);
                    }

                    @Override
                    public void afterMove(Path target) {
                        kill(target, after);
                    }

                    private void kill(Path target, boolean now) {
                        if (killed[0] || (now && target.getFileName().toString().equals(file))) {
                            killed[0] = true;
                            throw new Killed();
                        }
                    }
                };
        try {
            body.run();
        } finally {
            AtomicFile.moves = AtomicFile.Moves.NOTHING;
        }
        return killed[0];
    }
}
