package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_primitive;

/** A primitive with its arguments. */
final class Execution {

    private final dnnl_primitive primitive;
    private final dnnl_exec_arg_t arguments;
    private final int count;

    Execution(dnnl_primitive primitive, dnnl_exec_arg_t arguments, int count) {
        this.primitive = primitive;
        this.arguments = arguments;
        this.count = count;
    }

    void run() {
        OneDnn.check(
                dnnl_primitive_execute(primitive, OneDnn.currentStream(), count, arguments),
                "execution");
    }
}
