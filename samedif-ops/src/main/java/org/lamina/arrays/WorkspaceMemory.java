package org.lamina.arrays;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.memory.BasicMemoryManager;
import org.nd4j.linalg.api.memory.MemoryManager;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.enums.MemoryKind;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory for workspaces that goes back to the system once they free it.
 *
 * <p>A workspace takes arrays that do not fit it singly, in a network's first training step all of
 * them; afterwards it frees them and takes one block for all. glibc keeps the freed memory, so that
 * a first step took twice the memory of later ones. What is larger than 32 MB, however, it always
 * maps and unmaps ({@code DEFAULT_MMAP_THRESHOLD_MAX}). Smaller blocks are therefore asked for with
 * more than that: the rest takes addresses, but no memory, since nobody touches it.
 *
 * <p>{@link #install()} puts this in front of the CPU backend's memory manager on Linux, for the
 * whole process; Lamina's layers call it. {@code -Dlamina.workspacememory=false} keeps ND4J's.
 */
public final class WorkspaceMemory extends BasicMemoryManager {

    /** System property; {@code false} keeps ND4J's memory manager. */
    public static final String PROPERTY = "lamina.workspacememory";

    private static final Logger LOG = LoggerFactory.getLogger(WorkspaceMemory.class);

    private static final String REPLACED = "org.nd4j.linalg.cpu.nativecpu.CpuMemoryManager";

    /** What glibc always maps. */
    static final long MAPPED = 33L << 20;

    /** A mapping takes whole pages, of 4 KB, and some microseconds. */
    static final long SMALLEST = 64L << 10;

    private final MemoryManager manager;

    WorkspaceMemory(MemoryManager manager) {
        this.manager = manager;
        setAutoGcWindow(manager.getAutoGcWindow());
        setOccasionalGcFrequency(manager.getOccasionalGcFrequency());
    }

    /** Puts itself in front of the CPU backend's memory manager; any other is kept. */
    public static synchronized void install() {
        MemoryManager current = Nd4j.getMemoryManager();
        if (!current.getClass().getName().equals(REPLACED)
                || !System.getProperty("os.name").equals("Linux")
                || usesHugePages()
                || !Boolean.parseBoolean(System.getProperty(PROPERTY, "true"))) {
            return;
        }
        try {
            Field field = Nd4j.class.getDeclaredField("memoryManager");
            field.setAccessible(true);
            field.set(null, new WorkspaceMemory(current));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.info("ND4J keeps its own memory manager: {}", e.toString());
        }
    }

    /** Whether the first byte that is touched in a mapping takes 2 MB. */
    private static boolean usesHugePages() {
        try {
            Path setting = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
            return Files.readString(setting).contains("[always]");
        } catch (IOException e) {
            return false; // a kernel without them
        }
    }

    @Override
    public Pointer allocate(long bytes, MemoryKind kind, boolean initialize) {
        if (kind == MemoryKind.HOST && bytes >= SMALLEST && bytes < MAPPED) {
            try {
                Pointer result = manager.allocate(MAPPED, kind, false);
                return initialize ? Pointer.memset(result, 0, bytes) : result;
            } catch (OutOfMemoryError | RuntimeException e) {
                LOG.debug("no addresses to spare: {}", e.toString()); // where these are limited
            }
        }
        return manager.allocate(bytes, kind, initialize);
    }

    /**
     * The manager's, so that a workspace that is open during the exchange stays the current one.
     */
    @Override
    public MemoryWorkspace getCurrentWorkspace() {
        return manager.getCurrentWorkspace();
    }

    @Override
    public void setCurrentWorkspace(MemoryWorkspace workspace) {
        manager.setCurrentWorkspace(workspace);
    }

    @Override
    public boolean isPeriodicGcActive() {
        return manager.isPeriodicGcActive();
    }

    @Override
    public void release(Pointer pointer, MemoryKind kind) {
        manager.release(pointer, kind);
    }

    @Override
    public void collect(INDArray... arrays) {
        manager.collect(arrays);
    }

    @Override
    public void memset(INDArray array) {
        manager.memset(array);
    }

    @Override
    public Map<Integer, Long> getBandwidthUse() {
        return manager.getBandwidthUse();
    }

    @Override
    public long allocatedMemory(Integer deviceId) {
        return manager.allocatedMemory(deviceId);
    }
}
