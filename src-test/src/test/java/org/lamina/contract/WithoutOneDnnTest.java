package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Form;
import org.lamina.harness.Jvm;
import org.lamina.onednn.OneDnn;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the layer contract says of numbers, in a process of its own where Lamina does not call
 * oneDNN: what other platforms and backends run.
 */
class WithoutOneDnnTest {

    private static final List<Contract> CONTRACTS =
            List.of(new Numbers(), new Placement(), new NotNumbers());

    /** Within seconds. */
    @Test
    void theFirstRowOfEachLayer() throws Exception {
        run("first");
    }

    @Test
    @Tag("slow")
    void everyRow() throws Exception {
        run("all");
    }

    private void run(String rows) throws Exception {
        Jvm program =
                Jvm.run(
                        Jvm.CLASS_PATH,
                        List.of("-Xmx1g", "-Dlamina.onednn=false"),
                        Run.class,
                        rows);
        assertEquals(0, program.code(), program.printed());
    }

    /** The process: "first" or "all" rows. */
    static final class Run {

        private Run() {}

        public static void main(String[] args) {
            if (OneDnn.serves(Nd4j.zeros(DataType.FLOAT, 1))) {
                throw new AssertionError("oneDNN is not turned off");
            }
            boolean all = args[0].equals("all");
            boolean failed = false;
            for (Row row : all ? LayerFamily.allRows() : LayerFamily.firstRows()) {
                for (Form form : Form.values()) {
                    for (Contract contract : CONTRACTS) {
                        Map<String, Executable> checks = contract.checks(row, form);
                        checks.keySet().removeIf(check -> !all && !isQuickFloat(check));
                        failed |= fails(row + ", " + form, checks);
                    }
                }
            }
            System.exit(failed ? 1 : 0);
        }

        /** In double nothing runs by oneDNN anyway. */
        private static boolean isQuickFloat(String check) {
            return check.endsWith("FLOAT") && !check.startsWith("training");
        }

        private static boolean fails(String what, Map<String, Executable> checks) {
            boolean failed = false;
            for (Map.Entry<String, Executable> check : checks.entrySet()) {
                try {
                    check.getValue().execute();
                } catch (Throwable e) {
                    failed = true;
                    System.out.println(what + ": " + check.getKey() + ": " + e);
                }
            }
            return failed;
        }
    }
}
