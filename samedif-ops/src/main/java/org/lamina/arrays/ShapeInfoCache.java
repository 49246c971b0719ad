package org.lamina.arrays;

import java.lang.reflect.Field;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.BaseShapeInfoProvider;
import org.nd4j.linalg.api.ndarray.ShapeInfoProvider;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.api.shape.options.ArrayOptionsHelper;
import org.nd4j.linalg.api.shape.options.ArrayType;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the shape descriptor that native code reads once per shape instead of once per array.
 *
 * <p>ND4J 1.0.0-M2.1 intends this too, but its CPU backend's cache lacks the method that arrays
 * call. Every array and view therefore costs a native allocation, before which JavaCPP queries the
 * memory use of the process. A training step of EEGNet creates 300 such arrays, most of them in
 * DL4J's updater.
 *
 * <p>{@link #install()} replaces that backend's provider for the whole process; Lamina's layers
 * call it. {@code -Dlamina.shapecache=false} keeps ND4J's.
 */
public final class ShapeInfoCache extends BaseShapeInfoProvider {

    /** System property; {@code false} keeps ND4J's provider. */
    public static final String PROPERTY = "lamina.shapecache";

    private static final Logger LOG = LoggerFactory.getLogger(ShapeInfoCache.class);

    private static final String REPLACED = "org.nd4j.linalg.cpu.nativecpu.DirectShapeInfoProvider";

    /** Recordings of varying length create arbitrarily many shapes; each takes about 300 bytes. */
    private static final int CAPACITY = 10_000;

    private final Map<LongShapeDescriptor, Pair<DataBuffer, long[]>> known =
            new ConcurrentHashMap<>();
    private final ShapeInfoProvider provider;

    ShapeInfoCache(ShapeInfoProvider provider) {
        this.provider = provider;
    }

    /** Replaces the CPU backend's provider; any other is kept. */
    public static synchronized void install() {
        ShapeInfoProvider current = Nd4j.getShapeInfoProvider();
        if (!current.getClass().getName().equals(REPLACED)
                || !Boolean.parseBoolean(System.getProperty(PROPERTY, "true"))) {
            return;
        }
        try {
            Field field = Nd4j.class.getDeclaredField("shapeInfoProvider");
            field.setAccessible(true);
            field.set(null, new ShapeInfoCache(current));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.info("ND4J keeps its own provider of shape information: {}", e.toString());
        }
    }

    @Override
    public Pair<DataBuffer, long[]> createShapeInformation(
            long[] shape,
            long[] stride,
            long elementWiseStride,
            char order,
            DataType dataType,
            boolean empty) {
        long extras = ArrayOptionsHelper.setOptionBit(0L, dataType);
        LongShapeDescriptor key =
                new LongShapeDescriptor(
                        shape,
                        stride,
                        0,
                        elementWiseStride,
                        order,
                        empty ? ArrayOptionsHelper.setOptionBit(extras, ArrayType.EMPTY) : extras);
        Pair<DataBuffer, long[]> result = known.get(key);
        if (result == null) {
            result =
                    provider.createShapeInformation(
                            shape, stride, elementWiseStride, order, dataType, empty);
            if (known.size() < CAPACITY) {
                known.put(key, result);
            }
        }
        return result;
    }

    @Override
    public Pair<DataBuffer, long[]> createShapeInformation(
            long[] shape, long[] stride, long elementWiseStride, char order, long extras) {
        return provider.createShapeInformation(shape, stride, elementWiseStride, order, extras);
    }

    @Override
    public void purgeCache() {
        known.clear();
        provider.purgeCache();
    }

    @Override
    public long getCachedBytes() {
        return provider.getCachedBytes();
    }
}
