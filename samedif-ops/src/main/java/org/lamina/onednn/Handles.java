package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reorder_primitive_desc_create;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.const_dnnl_op_desc_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** oneDNN's handles and memory, released when the primitive is no longer reachable. */
final class Handles implements Runnable {

    private static final long ALIGNMENT = 64;

    private final List<dnnl_primitive_desc> descriptions = new ArrayList<>();
    private final List<dnnl_primitive> primitives = new ArrayList<>();
    private final List<dnnl_memory> memories = new ArrayList<>();
    private final List<Pointer> allocated = new ArrayList<>();

    dnnl_primitive_desc describe(
            Pointer operation,
            dnnl_primitive_attr attributes,
            dnnl_primitive_desc hint,
            String name) {
        PointerPointer<dnnl_primitive_desc> result = new PointerPointer<>(1);
        OneDnn.check(
                dnnl_primitive_desc_create(
                        result,
                        new const_dnnl_op_desc_t(operation),
                        attributes,
                        OneDnn.engine(),
                        hint),
                name);
        return kept(result.get(dnnl_primitive_desc.class, 0));
    }

    private dnnl_primitive_desc kept(dnnl_primitive_desc description) {
        descriptions.add(description);
        return description;
    }

    dnnl_primitive primitive(dnnl_primitive_desc description) {
        PointerPointer<dnnl_primitive> result = new PointerPointer<>(1);
        OneDnn.check(dnnl_primitive_create(result, description), "primitive");
        dnnl_primitive primitive = result.get(dnnl_primitive.class, 0);
        primitives.add(primitive);
        return primitive;
    }

    dnnl_primitive reorder(dnnl_memory_desc_t from, dnnl_memory_desc_t to) {
        PointerPointer<dnnl_primitive_desc> result = new PointerPointer<>(1);
        OneDnn.check(
                dnnl_reorder_primitive_desc_create(
                        result, from, OneDnn.engine(), to, OneDnn.engine(), null),
                "reorder");
        return primitive(kept(result.get(dnnl_primitive_desc.class, 0)));
    }

    dnnl_memory memory(dnnl_memory_desc_t layout) {
        PointerPointer<dnnl_memory> result = new PointerPointer<>(1);
        OneDnn.check(dnnl_memory_create(result, layout, OneDnn.engine(), new Pointer()), "memory");
        dnnl_memory memory = result.get(dnnl_memory.class, 0);
        memories.add(memory);
        return memory;
    }

    /** Address of new memory; takes none before it is written to. */
    long zeros(long bytes) {
        Pointer all = Pointer.calloc(1, bytes + ALIGNMENT);
        allocated.add(all);
        return (all.address() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    @Override
    public void run() {
        primitives.forEach(p -> dnnl_primitive_destroy(p));
        descriptions.forEach(d -> dnnl_primitive_desc_destroy(d));
        memories.forEach(m -> dnnl_memory_destroy(m));
        allocated.forEach(Pointer::free);
    }
}
