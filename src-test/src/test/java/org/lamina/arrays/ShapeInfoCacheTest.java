package org.lamina.arrays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Field;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ndarray.ShapeInfoProvider;
import org.nd4j.linalg.factory.Nd4j;

class ShapeInfoCacheTest {

    private static final long[] SHAPE = {3, 5};
    private static final long[] STRIDE = {5, 1};

    private ShapeInfoProvider before;

    private static Field field() throws ReflectiveOperationException {
        Field field = Nd4j.class.getDeclaredField("shapeInfoProvider");
        field.setAccessible(true);
        return field;
    }

    /** Starts with ND4J's own provider. */
    @BeforeEach
    void uninstall() throws ReflectiveOperationException {
        assumeTrue(Nd4j.getBackend().getClass().getSimpleName().equals("CpuBackend"));
        before = Nd4j.getShapeInfoProvider();
        Class<?> own = Class.forName("org.nd4j.linalg.cpu.nativecpu.DirectShapeInfoProvider");
        field().set(null, own.getDeclaredConstructor().newInstance());
    }

    @AfterEach
    void restore() throws ReflectiveOperationException {
        field().set(null, before);
    }

    private static DataBuffer description(char order, long ews, DataType type, boolean empty) {
        return Nd4j.getShapeInfoProvider()
                .createShapeInformation(SHAPE, STRIDE, ews, order, type, empty)
                .getFirst();
    }

    private static DataBuffer description() {
        return description('c', 1, DataType.FLOAT, false);
    }

    /** Fails once ND4J is mended; then {@link ShapeInfoCache} can go. */
    @Test
    void nd4jMakesOneForEachArray() {
        assertNotSame(description(), description());
    }

    @Test
    void oneForEachShape() {
        DataBuffer own = description();
        ShapeInfoCache.install();
        DataBuffer first = description();
        assertSame(first, description());
        assertArrayEquals(own.asLong(), first.asLong());
        assertNotSame(first, description('f', 1, DataType.FLOAT, false));
        assertNotSame(first, description('c', 0, DataType.FLOAT, false));
        assertNotSame(first, description('c', 1, DataType.DOUBLE, false));
        assertNotSame(first, description('c', 1, DataType.FLOAT, true));
    }

    @Test
    void arraysOfOneShapeAreIndependent() {
        ShapeInfoCache.install();
        INDArray a = Nd4j.rand(DataType.FLOAT, SHAPE);
        INDArray b = Nd4j.rand(DataType.FLOAT, SHAPE);
        assertSame(a.shapeInfoDataBuffer(), b.shapeInfoDataBuffer());
        a.shape()[0] = 7; // a caller that writes to what it was given
        assertArrayEquals(SHAPE, b.shape());
        assertArrayEquals(SHAPE, Nd4j.rand(DataType.FLOAT, SHAPE).shape());
        b.close();
        assertEquals(15, Nd4j.ones(DataType.FLOAT, SHAPE).sumNumber().intValue());
    }

    @Test
    void aSecondTimeChangesNothing() {
        ShapeInfoCache.install();
        ShapeInfoProvider installed = Nd4j.getShapeInfoProvider();
        ShapeInfoCache.install();
        assertSame(installed, Nd4j.getShapeInfoProvider());
        DataBuffer first = description();
        installed.purgeCache();
        assertNotSame(first, description());
        assertTrue(installed.getCachedBytes() >= 0);
    }

    @Test
    void staysAwayIfTold() {
        ShapeInfoProvider own = Nd4j.getShapeInfoProvider();
        System.setProperty(ShapeInfoCache.PROPERTY, "false");
        try {
            ShapeInfoCache.install();
            assertSame(own, Nd4j.getShapeInfoProvider());
        } finally {
            System.clearProperty(ShapeInfoCache.PROPERTY);
        }
    }
}
