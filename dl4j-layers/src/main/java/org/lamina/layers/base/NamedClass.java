package org.lamina.layers.base;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Creates implementations named after their layer, {@code Conv2DLayer} for {@code Conv2D}. DL4J's
 * {@code summary()} shows only the name of the implementation's class, and here one class
 * implements many layers, so each layer gets a subclass that only adds the name.
 */
public final class NamedClass {

    private static final int JAVA_17 = 61;

    private static final int ALOAD_0 = 0x2a; // aload_1 to aload_3 follow

    /** {@code invokespecial} of constant 8, the constructor of the parent, and {@code return}. */
    private static final byte[] CALL = HexFormat.of().parseHex("b70008b1");

    private static final Map<Class<?>, Constructor<?>> CONSTRUCTORS = new ConcurrentHashMap<>();

    private NamedClass() {}

    /**
     * A new implementation.
     *
     * @param parent the implementation, with one public constructor of up to three objects
     * @param layer the layer's configuration, after which the implementation's class is named
     * @param arguments the constructor's
     */
    public static <T> T newInstance(Class<T> parent, Class<?> layer, Object... arguments) {
        Constructor<?> constructor =
                CONSTRUCTORS.computeIfAbsent(layer, l -> constructor(parent, name(l)));
        try {
            return parent.cast(constructor.newInstance(arguments));
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
            // The parent has that name, or this JVM cannot define classes: use the parent itself.
        }
        Constructor<?> constructor = type.getConstructors()[0];
        constructor.setAccessible(true); // implementations are not public
        return constructor;
    }

    private static String name(Class<?> layer) {
        String name = layer.getSimpleName();
        return name + (name.endsWith("Layer") ? "Impl" : "Layer");
    }

    /** A class file (The Java Virtual Machine Specification, chapter 4). */
    private static byte[] bytes(Class<?> parent, String name) {
        Class<?>[] parameters = parent.getConstructors()[0].getParameterTypes();
        int variables = 1 + parameters.length;
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
            out.writeUTF(MethodType.methodType(void.class, parameters).descriptorString());
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
            int codeLength = variables + CALL.length;
            out.writeInt(12 + codeLength);
            out.writeShort(variables); // stack
            out.writeShort(variables); // local variables
            out.writeInt(codeLength);
            for (int i = 0; i < variables; i++) {
                out.writeByte(ALOAD_0 + i);
            }
            out.write(CALL);
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
