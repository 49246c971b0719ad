package org.lamina.harness;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * Builds a layer in either form from one description. Both forms have the same builder methods;
 * this calls them by name, so that a test names a layer's arguments once and fails where a form
 * lacks one.
 */
public final class LayerBuilder {

    private final Object builder;

    private LayerBuilder(Object builder) {
        this.builder = builder;
    }

    /**
     * The builder of a layer.
     *
     * @param layer name of the native configuration, for example "DepthwiseConv2D"
     * @param kernel the constructor's kernel; none for a layer without one
     */
    public static LayerBuilder of(Form form, String layer, int... kernel) {
        String type =
                (form == Form.NATIVE ? "org.lamina.layers." : "org.lamina.layers.samediff.SameDiff")
                        + layer
                        + "$Builder";
        try {
            for (Constructor<?> c : Class.forName(type).getConstructors()) {
                if (kernel.length == 0 && c.getParameterCount() == 0) {
                    return new LayerBuilder(c.newInstance());
                }
                if (kernel.length > 0 && c.getParameterCount() == 1) {
                    boolean oneNumber = c.getParameterTypes()[0] == int.class;
                    Object argument = oneNumber ? (Object) kernel[0] : kernel;
                    return new LayerBuilder(c.newInstance(argument));
                }
            }
            throw new AssertionError(type + " has no constructor for kernel " + describe(kernel));
        } catch (InvocationTargetException e) {
            throw unchecked(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type + ": " + e, e);
        }
    }

    /** Calls the builder's method of this name with this argument. */
    public LayerBuilder set(String option, Object value) {
        for (Method method : builder.getClass().getMethods()) {
            if (method.getName().equals(option)
                    && method.getParameterCount() == 1
                    && accepts(method.getParameterTypes()[0], value)) {
                invoke(method, value);
                return this;
            }
        }
        throw new AssertionError(
                builder.getClass().getName() + " has no " + option + "(" + describe(value) + ")");
    }

    /** Whether the builder has a method of this name with one argument. */
    public boolean has(String option) {
        return Arrays.stream(builder.getClass().getMethods())
                .anyMatch(m -> m.getName().equals(option) && m.getParameterCount() == 1);
    }

    /** Whether the builder is of this kind. */
    public boolean is(Class<?> kind) {
        return kind.isInstance(builder);
    }

    /** Sets several options. */
    public LayerBuilder set(Map<String, ?> options) {
        options.forEach(this::set);
        return this;
    }

    public Layer build() {
        try {
            return (Layer) invoke(builder.getClass().getMethod("build"));
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    private Object invoke(Method method, Object... arguments) {
        try {
            return method.invoke(builder, arguments);
        } catch (InvocationTargetException e) {
            throw unchecked(e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(method + ": " + e, e);
        }
    }

    private static boolean accepts(Class<?> type, Object value) {
        if (value == null) {
            return !type.isPrimitive();
        }
        if (!type.isPrimitive()) {
            return type.isInstance(value);
        }
        return type == boolean.class && value instanceof Boolean
                || type == double.class && value instanceof Double
                || (type == int.class || type == long.class) && value instanceof Integer
                || type == long.class && value instanceof Long;
    }

    private static RuntimeException unchecked(Throwable cause) {
        if (cause instanceof Error) {
            throw (Error) cause;
        }
        return cause instanceof RuntimeException
                ? (RuntimeException) cause
                : new IllegalStateException(cause);
    }

    private static String describe(Object value) {
        return value instanceof int[]
                ? Arrays.toString((int[]) value)
                : value + (value == null ? "" : ": " + value.getClass().getSimpleName());
    }
}
