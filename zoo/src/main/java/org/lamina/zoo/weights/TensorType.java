package org.lamina.zoo.weights;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.nd4j.linalg.api.buffer.DataType;

/** The data types that both ND4J and files of arrays have. */
enum TensorType {
    F64(DataType.DOUBLE, "f8"),
    F32(DataType.FLOAT, "f4"),
    F16(DataType.FLOAT16, "f2"),
    BF16(DataType.BFLOAT16, null),
    I64(DataType.INT64, "i8"),
    I32(DataType.INT32, "i4"),
    I16(DataType.INT16, "i2"),
    I8(DataType.INT8, "i1"),
    U64(DataType.UINT64, "u8"),
    U32(DataType.UINT32, "u4"),
    U16(DataType.UINT16, "u2"),
    U8(DataType.UINT8, "u1"),
    BOOL(DataType.BOOL, "b1");

    private final DataType dataType;
    private final String numpy;

    TensorType(DataType dataType, String numpy) {
        this.dataType = dataType;
        this.numpy = numpy;
    }

    /** ND4J's type. */
    DataType dataType() {
        return dataType;
    }

    /** Bytes of an element. */
    int size() {
        return dataType.width();
    }

    /** NumPy's name without the byte order, or null if NumPy does not have the type. */
    String numpy() {
        return numpy;
    }

    /** The type of ND4J's arrays. */
    static TensorType of(DataType type, String array) {
        return find(candidate -> candidate.dataType == type, array + ": data type " + type);
    }

    /** The type with this name in a safetensors file. */
    static TensorType ofSafeTensors(String name, String array) {
        return find(
                candidate -> candidate.name().equals(name), array + ": data type '" + name + "'");
    }

    private static TensorType find(Predicate<TensorType> wanted, String found) {
        return Arrays.stream(values())
                .filter(wanted)
                .findFirst()
                .orElseThrow(
                        () ->
                                new WeightsException(
                                        found + "; allowed are " + Arrays.toString(values())));
    }

    /** The type with this name in NumPy, without the byte order. */
    static TensorType ofNumpy(String name, String array) {
        return Arrays.stream(values())
                .filter(candidate -> name.equals(candidate.numpy))
                .findFirst()
                .orElseThrow(
                        () -> {
                            List<String> allowed =
                                    Arrays.stream(values())
                                            .map(TensorType::numpy)
                                            .filter(Objects::nonNull)
                                            .toList();
                            return new WeightsException(
                                    "%s: data type '%s'; allowed are %s (no objects)",
                                    array, name, allowed);
                        });
    }
}
