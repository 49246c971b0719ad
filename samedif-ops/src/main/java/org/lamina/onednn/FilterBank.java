package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_auto;
import static org.bytedeco.dnnl.global.dnnl.dnnl_dilated_convolution_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_dst_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_src_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_weights_md;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_convolution_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.lamina.onednn.PostOperations.Binary;
import org.lamina.onednn.Program.Term;
import org.lamina.onednn.Program.Value;
import org.lamina.onednn.Sequence.Arguments;
import org.lamina.onednn.Sequence.Description;
import org.lamina.spec.ConvGeometry;
import org.nd4j.common.util.ArrayUtil;

/** A convolution to append to a sequence. */
final class FilterBank {

    private final Sequence sequence;
    private final Value x;
    private final ConvGeometry geometry;
    private final Supplier<float[]> weight;
    private final Supplier<float[]> bias;

    /** Whether the input is copied with zeros around it. */
    private final boolean wide;

    private final long[] padded;
    private final long[] w;
    private final long[] y;

    FilterBank(
            Sequence sequence,
            Value x,
            ConvGeometry geometry,
            long outputs,
            Supplier<float[]> weight,
            Supplier<float[]> bias) {
        this.sequence = sequence;
        this.x = x;
        this.geometry = geometry;
        this.weight = weight;
        this.bias = bias;
        int[] before = geometry.padBefore();
        int[] after = geometry.padAfter();
        this.wide = Math.max(widest(before), widest(after)) >= Convolution.WIDE_PADDING;
        this.padded = x.dims.clone();
        for (int d = 0; wide && d < 2; d++) {
            padded[2 + d] += (long) before[d] + after[d];
        }
        long groups = geometry.groups();
        int[] kernel = geometry.kernelSize();
        long inputs = padded[1] / groups;
        this.w =
                groups == 1
                        ? new long[] {outputs, inputs, kernel[0], kernel[1]}
                        : new long[] {groups, outputs / groups, inputs, kernel[0], kernel[1]};
        this.y = geometry.outputShape(x.dims, outputs);
    }

    private static int widest(int[] padding) {
        return Arrays.stream(padding).max().orElse(0);
    }

    /** Appends it with a function of its output, or null. */
    Value output(ElementFunction function) {
        PostOperations after = new PostOperations(List.of(), function);
        return output(described(y[0], after), y[0], List.of());
    }

    /**
     * Appends it with sums and products as part of it, for each example by itself if they have
     * numbers for each, which oneDNN is slow with otherwise.
     *
     * @return empty if oneDNN has no fast code for this; nothing is appended then
     */
    Optional<Value> output(List<Term> terms, ElementFunction function) {
        boolean each = terms.stream().anyMatch(term -> term.isOfExamples(y));
        long examples = each ? 1 : y[0];
        Description alone = described(examples, PostOperations.NONE);
        dnnl_memory_desc_t source = alone.layout(dnnl_query_src_md, 0);
        dnnl_memory_desc_t target = alone.layout(dnnl_query_dst_md, 0);
        List<Binary> binaries =
                terms.stream()
                        .map(t -> new Binary(t.algorithm(), layout(t, target, examples)))
                        .toList();
        Description description;
        try {
            description =
                    described(examples, source, target, new PostOperations(binaries, function));
        } catch (UnsupportedOperationException e) {
            return Optional.empty();
        }
        return description.isReference()
                ? Optional.empty()
                : Optional.of(output(description, examples, terms));
    }

    /** The layout of a term for some examples: of images the output's. */
    private dnnl_memory_desc_t layout(Term term, dnnl_memory_desc_t images, long examples) {
        long[] dims = term.value().dims;
        return Arrays.equals(dims, y)
                ? Sequence.layout(images, examples)
                : OneDnn.dense(with(dims, Math.min(dims[0], examples)));
    }

    private static long[] with(long[] dims, long examples) {
        long[] result = dims.clone();
        result[0] = examples;
        return result;
    }

    /**
     * For this many examples at once: in the input's layout if oneDNN has vector code for it, which
     * is no slower than others and saves a pass, otherwise in the layouts of its choice.
     */
    private Description described(long examples, PostOperations after) {
        dnnl_memory_desc_t target = OneDnn.any(with(y, examples));
        if (!wide) {
            try {
                dnnl_memory_desc_t source = Sequence.layout(x.layout, examples);
                Description description = described(examples, source, target, after);
                if (description.isVectorCode()) {
                    return description;
                }
            } catch (UnsupportedOperationException e) {
                // then in another layout
            }
        }
        return described(examples, OneDnn.any(with(padded, examples)), target, after);
    }

    private Description described(
            long examples,
            dnnl_memory_desc_t source,
            dnnl_memory_desc_t target,
            PostOperations after) {
        long[] stride = ArrayUtil.toLongArray(geometry.stride());
        long[] dilation = Arrays.stream(geometry.dilation()).mapToLong(d -> d - 1).toArray();
        long[] before = wide ? new long[2] : ArrayUtil.toLongArray(geometry.padBefore());
        long[] kernel = ArrayUtil.toLongArray(geometry.kernelSize());
        dnnl_convolution_desc_t operation = new dnnl_convolution_desc_t();
        OneDnn.check(
                dnnl_dilated_convolution_forward_desc_init(
                        operation,
                        dnnl_forward_inference,
                        dnnl_convolution_auto,
                        source,
                        OneDnn.any(w),
                        bias == null ? null : OneDnn.any(new long[] {y[1]}),
                        target,
                        stride,
                        dilation,
                        before,
                        Convolution.trailing(padded, y, kernel, stride, dilation, before)),
                "convolution");
        long products = examples * y[2] * y[3] * ArrayUtil.prodLong(w);
        ThreadCount threads = ThreadCount.forMultiplications(products);
        return sequence.describe(operation, after, threads, "convolution");
    }

    private Value output(Description description, long examples, List<Term> terms) {
        dnnl_memory_desc_t from = description.layout(dnnl_query_src_md, 0);
        dnnl_memory_desc_t to = description.layout(dnnl_query_dst_md, 0);
        dnnl_memory_desc_t wanted = Sequence.layout(from, y[0]);
        Value source =
                wide
                        ? sequence.padded(x, padded, geometry.padBefore(), wanted)
                        : sequence.reordered(x, wanted);
        Value target = sequence.value(y, Sequence.layout(to, y[0]));
        Value filters = sequence.constant(weight, w, description.layout(dnnl_query_weights_md, 0));
        Value summands =
                bias == null
                        ? null
                        : sequence.constant(
                                bias,
                                new long[] {y[1]},
                                description.layout(dnnl_query_weights_md, 1));
        List<Value> others =
                terms.stream()
                        .map(t -> sequence.reordered(t.value(), layout(t, to, y[0])))
                        .toList();
        for (long i = 0; i < y[0]; i += examples) {
            Arguments arguments =
                    new Arguments()
                            .with(DNNL_ARG_SRC, examples(source, from, examples, i))
                            .with(DNNL_ARG_DST, examples(target, to, examples, i))
                            .with(DNNL_ARG_WEIGHTS, filters);
            if (bias != null) {
                arguments.with(DNNL_ARG_BIAS, summands);
            }
            for (int t = 0; t < terms.size(); t++) {
                dnnl_memory_desc_t layout = layout(terms.get(t), to, examples);
                arguments.with(
                        PostOperations.place(t), examples(others.get(t), layout, examples, i));
            }
            sequence.append(description, arguments);
        }
        return target;
    }

    /** All examples, or the one of this index; numbers for all examples are the same for each. */
    private Value examples(Value all, dnnl_memory_desc_t layout, long examples, long index) {
        return examples == all.dims[0] || all.dims[0] == 1
                ? all
                : sequence.example(all, layout, index);
    }
}
