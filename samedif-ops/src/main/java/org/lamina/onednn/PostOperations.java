package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_binary;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_post_ops;

import java.util.List;
import java.util.function.Function;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.javacpp.PointerPointer;

/**
 * What a primitive does with its result: operations with other arrays, in sequence, and a function.
 *
 * @param function or null
 */
record PostOperations(List<Binary> binaries, ElementFunction function) {

    static final PostOperations NONE = new PostOperations(List.of(), null);

    /** oneDNN's number of an operation, and the layout of its other argument. */
    record Binary(int algorithm, dnnl_memory_desc_t layout) {}

    /** Where a primitive takes the other argument of its operation with this index. */
    static int place(int index) {
        return (index + 1) * DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | DNNL_ARG_SRC_1;
    }

    boolean isSigmoid() {
        return function != null && function.isSigmoid();
    }

    /** What is made with them as a primitive's attributes, which end with this call. */
    <T> T with(String name, Function<dnnl_primitive_attr, T> make) {
        PointerPointer<dnnl_post_ops> list = new PointerPointer<>(1);
        OneDnn.check(dnnl_post_ops_create(list), name);
        dnnl_post_ops operations = list.get(dnnl_post_ops.class, 0);
        PointerPointer<dnnl_primitive_attr> created = new PointerPointer<>(1);
        OneDnn.check(dnnl_primitive_attr_create(created), name);
        dnnl_primitive_attr attributes = created.get(dnnl_primitive_attr.class, 0);
        try {
            for (Binary binary : binaries) {
                OneDnn.check(
                        dnnl_post_ops_append_binary(operations, binary.algorithm, binary.layout),
                        name);
            }
            if (function != null) {
                function.appendTo(operations);
            }
            OneDnn.check(dnnl_primitive_attr_set_post_ops(attributes, operations), name);
            return make.apply(attributes);
        } finally {
            dnnl_post_ops_destroy(operations);
            dnnl_primitive_attr_destroy(attributes);
        }
    }
}
