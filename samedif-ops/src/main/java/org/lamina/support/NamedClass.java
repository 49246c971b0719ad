package org.lamina.support;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Implementations under the name of the layer that they implement. DL4J's {@code summary()} shows
 * the name of the implementation's class and nothing else, and one class implements many layers
 * here. So each layer gets a subclass that adds nothing but its name.
 */
final class NamedClass {

    private static final String CONSTRUCTOR =
            "(L%s;L%s;)V".formatted(path(NeuralNetConfiguration.class), path(DataType.class));

    private static final int JAVA_17 = 61;

    /** {@code super(conf, dataType)}; the constructor of the parent is constant 8. */
    private static final byte[] CODE = HexFormat.of().parseHex("2a2b2cb70008b1");

    private static final Map<Class<?>, Constructor<?>> CONSTRUCTORS = new ConcurrentHashMap<>();

    private NamedClass() {}

    /**
     * A new implementation.
     *
     * @param parent what implements the layer, with a public constructor
     * @param layer the layer's configuration, whose simple name the implementation's class gets
     */
    static <T> T newInstance(
            Class<T> parent, Class<?> layer, NeuralNetConfiguration conf, DataType dataType) {
        Constructor<?> constructor =
                CONSTRUCTORS.computeIfAbsent(layer, l -> constructor(parent, l.getSimpleName()));
        try {
            return parent.cast(constructor.newInstance(conf, dataType));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Constructor<?> constructor(Class<?> parent, String name) {
        Class<?> type = parent;
        try {
            type =
                    MethodHandles.privateLookupIn(parent, MethodHandles.lookup())
                            .defineClass(bytes(parent, name));
        } catch (IllegalAccessException | LinkageError e) {
            // The name is taken, or this machine makes no classes: then summary() shows another.
        }
        try {
            return type.getConstructor(NeuralNetConfiguration.class, DataType.class);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A class file (The Java Virtual Machine Specification, chapter 4). */
    private static byte[] bytes(Class<?> parent, String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(0xCAFEBABE);
            out.writeInt(JAVA_17);
            out.writeShort(10); // one more than there are constants
            out.writeByte(1); // constant 1: a text
            out.writeUTF(parent.getPackageName().replace('.', '/') + "/" + name);
            out.writeByte(7); // constant 2: the class of that name
            out.writeShort(1);
            out.writeByte(1);
            out.writeUTF(path(parent));
            out.writeByte(7); // constant 4: the parent
            out.writeShort(3);
            out.writeByte(1);
            out.writeUTF("<init>");
            out.writeByte(1);
            out.writeUTF(CONSTRUCTOR);
            out.writeByte(12); // constant 7: constructor and its type
            out.writeShort(5);
            out.writeShort(6);
            out.writeByte(10); // constant 8: the parent's constructor
            out.writeShort(4);
            out.writeShort(7);
            out.writeByte(1);
            out.writeUTF("Code");
            out.writeShort(0x21); // public
            out.writeShort(2);
            out.writeShort(4);
            out.writeShort(0); // interfaces
            out.writeShort(0); // fields
            out.writeShort(1); // methods
            out.writeShort(1); // public
            out.writeShort(5);
            out.writeShort(6);
            out.writeShort(1); // attributes of the method
            out.writeShort(9);
            out.writeInt(12 + CODE.length);
            out.writeShort(3); // stack
            out.writeShort(3); // local variables
            out.writeInt(CODE.length);
            out.write(CODE);
            out.writeShort(0); // exceptions
            out.writeShort(0); // attributes of the code
            out.writeShort(0); // attributes of the class
        } catch (IOException e) {
            throw new AssertionError(e); // none in memory
        }
        return bytes.toByteArray();
    }

    private static String path(Class<?> type) {
        return type.getName().replace('.', '/');
    }
}
