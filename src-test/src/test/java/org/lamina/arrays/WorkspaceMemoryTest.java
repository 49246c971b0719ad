package org.lamina.arrays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryManager;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.MemoryKind;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class WorkspaceMemoryTest {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    /** As DL4J's for activations. */
    private static final WorkspaceConfiguration LEARNING =
            WorkspaceConfiguration.builder()
                    .initialSize(0)
                    .policyLearning(LearningPolicy.FIRST_LOOP)
                    .policyReset(ResetPolicy.BLOCK_LEFT)
                    .policySpill(SpillPolicy.REALLOCATE)
                    .policyAllocation(AllocationPolicy.STRICT)
                    .build();

    private MemoryManager before;

    private static Field field() throws ReflectiveOperationException {
        Field field = Nd4j.class.getDeclaredField("memoryManager");
        field.setAccessible(true);
        return field;
    }

    /** Starts with ND4J's own. */
    @BeforeEach
    void uninstall() throws ReflectiveOperationException, IOException {
        assumeTrue(Nd4j.getBackend().getClass().getSimpleName().equals("CpuBackend"));
        assumeTrue(Files.exists(STATUS));
        assumeTrue(!Files.exists(HUGE_PAGES) || !Files.readString(HUGE_PAGES).contains("[always]"));
        before = Nd4j.getMemoryManager();
        Class<?> own = Class.forName("org.nd4j.linalg.cpu.nativecpu.CpuMemoryManager");
        field().set(null, own.getDeclaredConstructor().newInstance());
    }

    @AfterEach
    void restore() throws ReflectiveOperationException {
        field().set(null, before);
    }

    private static double residentMegabytes() throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                .findFirst()
                .orElseThrow();
    }

    /** What a workspace keeps after a loop for which it was too small, in MB. */
    private static double kept(int arrays, long megabytes) throws IOException {
        String id = "WorkspaceMemoryTest" + System.nanoTime();
        double at = residentMegabytes();
        try (MemoryWorkspace workspace =
                Nd4j.getWorkspaceManager().getAndActivateWorkspace(LEARNING, id)) {
            for (int i = 0; i < arrays; i++) {
                Nd4j.createUninitialized(DataType.FLOAT, megabytes << 18).assign(i);
            }
        }
        double result = residentMegabytes() - at;
        Nd4j.getWorkspaceManager()
                .destroyWorkspace(Nd4j.getWorkspaceManager().getWorkspaceForCurrentThread(id));
        return result;
    }

    @Test
    void aWorkspaceThatGrowsKeepsOneBlockOnly() throws IOException {
        WorkspaceMemory.install();
        kept(1, 24); // what was freed once, glibc no longer maps up to its size
        double kept = kept(24, 4);
        assertTrue(kept > 90 && kept < 125, kept + " MB for 96");
        assertTrue(kept(1, 24) < 40);
    }

    @Test
    void arraysHoldWhatIsWritten() {
        WorkspaceMemory.install();
        for (int loop = 0; loop < 3; loop++) {
            List<INDArray> arrays = new ArrayList<>();
            try (MemoryWorkspace workspace =
                    Nd4j.getWorkspaceManager()
                            .getAndActivateWorkspace(LEARNING, "WorkspaceMemoryTest")) {
                for (int i = 0; i < 20; i++) {
                    arrays.add(Nd4j.create(DataType.FLOAT, 1000L << i / 2));
                    assertEquals(0, arrays.get(i).sumNumber().doubleValue());
                    arrays.get(i).assign(i);
                }
                for (int i = 0; i < 20; i++) {
                    assertEquals(i, arrays.get(i).minNumber().intValue());
                    assertEquals(i, arrays.get(i).maxNumber().intValue());
                }
            }
        }
    }

    @Test
    void anOpenWorkspaceStaysTheCurrentOne() {
        try (MemoryWorkspace workspace =
                Nd4j.getWorkspaceManager()
                        .getAndActivateWorkspace(LEARNING, "WorkspaceMemoryTest")) {
            WorkspaceMemory.install();
            assertSame(workspace, Nd4j.getMemoryManager().getCurrentWorkspace());
            assertTrue(Nd4j.create(DataType.FLOAT, 3).isAttached());
        }
        assertNull(Nd4j.getMemoryManager().getCurrentWorkspace());
    }

    /**
     * Asks for addresses only where that makes a difference, and does without if there are none.
     */
    @Test
    void asksForMoreThanGlibcKeeps() {
        List<Long> asked = new ArrayList<>();
        long[] limit = {Long.MAX_VALUE};
        MemoryManager recorder =
                (MemoryManager)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {MemoryManager.class},
                                (proxy, method, arguments) -> {
                                    if (!method.getName().equals("allocate")) {
                                        return 0;
                                    }
                                    asked.add((Long) arguments[0]);
                                    if ((Long) arguments[0] > limit[0]) {
                                        throw new OutOfMemoryError("none");
                                    }
                                    return new BytePointer((Long) arguments[0]);
                                });
        WorkspaceMemory memory = new WorkspaceMemory(recorder);
        long small = WorkspaceMemory.SMALLEST - 1;
        long large = WorkspaceMemory.MAPPED;
        memory.allocate(small, MemoryKind.HOST, false);
        memory.allocate(large, MemoryKind.HOST, false);
        memory.allocate(1 << 20, MemoryKind.DEVICE, false);
        assertEquals(List.of(small, large, 1L << 20), asked);
        asked.clear();
        Pointer zeros = memory.allocate(1 << 20, MemoryKind.HOST, true);
        assertEquals(List.of(large), asked);
        assertEquals(0, new BytePointer(zeros).get((1 << 20) - 1));
        asked.clear();
        limit[0] = 1 << 20;
        memory.allocate(1 << 20, MemoryKind.HOST, false);
        assertEquals(List.of(large, 1L << 20), asked);
    }

    @Test
    void aSecondTimeChangesNothing() {
        MemoryManager own = Nd4j.getMemoryManager();
        own.setAutoGcWindow(1234);
        WorkspaceMemory.install();
        MemoryManager installed = Nd4j.getMemoryManager();
        assertNotSame(own, installed);
        assertEquals(1234, installed.getAutoGcWindow());
        WorkspaceMemory.install();
        assertSame(installed, Nd4j.getMemoryManager());
    }

    @Test
    void staysAwayIfTold() {
        MemoryManager own = Nd4j.getMemoryManager();
        System.setProperty(WorkspaceMemory.PROPERTY, "false");
        try {
            WorkspaceMemory.install();
            assertSame(own, Nd4j.getMemoryManager());
        } finally {
            System.clearProperty(WorkspaceMemory.PROPERTY);
        }
    }
}
