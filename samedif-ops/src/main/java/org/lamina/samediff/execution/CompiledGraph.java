package org.lamina.samediff.execution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The steps of a graph that compute requested values from given ones, in an order determined once.
 *
 * <p>Whatever depends only on shapes and constants, such as output shapes or the value of a {@code
 * shape_of}, is computed when the shapes of the given values change. Arrays come from the current
 * workspace; one that is no longer needed is reused for a later value of the same shape.
 *
 * <p>Runs in one thread at a time.
 */
final class CompiledGraph {

    /** Provides the arrays for requested values. */
    interface Results {

        /**
         * An array with arbitrary content.
         *
         * @param anyOrder whether an order other than contiguous 'c' is allowed
         */
        INDArray allocate(String name, DataType type, long[] shape, boolean anyOrder);
    }

    private final GraphSteps graph;
    private final List<String> given;
    private final List<String> requested;
    private final List<Step> steps = new ArrayList<>();

    /** Slots of values by name. */
    private final Map<String, Integer> slots = new HashMap<>();

    /** Names of constants and of variables that are not given, by slot. */
    private final Map<Integer, String> stored = new LinkedHashMap<>();

    private final INDArray[] values;

    /** Whether the value depends on shapes and constants only, by slot. */
    private final boolean[] fixed;

    /** Whether a fixed value is requested or read by a step that is not fixed. */
    private final boolean[] outlivesRun;

    /** The slot of the value whose memory a value occupies. */
    private final int[] root;

    /**
     * The last step that reads a value or a view of it; -1 for none, the maximum for a requested
     * one.
     */
    private final int[] lastUse;

    /** By slot: the name of a requested value held there. */
    private final String[] result;

    /** The slot of the value whose array a value reuses; -1 for none. */
    private final int[] takesOver;

    /** Values whose arrays are free, while array reuse is planned. */
    private final List<Integer> free = new ArrayList<>();

    private final List<List<Integer>> diesAfter = new ArrayList<>();

    private long[][] shapes;
    private boolean shapesChanged;
    private boolean inFixedStep;
    private Results results;

    /**
     * Determines the steps.
     *
     * @param given names of values given to each run
     * @param requested names of values that each run computes
     * @throws UnsupportedGraphException if an op cannot be run this way
     */
    CompiledGraph(GraphSteps graph, Collection<String> given, Collection<String> requested) {
        this.graph = graph;
        this.given = List.copyOf(given);
        this.requested = List.copyOf(requested);
        given.forEach(this::slot);
        requested.forEach(this::require);
        for (Step step : steps) {
            step.in = step.inputs.stream().mapToInt(n -> n == null ? -1 : slots.get(n)).toArray();
            step.out =
                    step.outputs.stream()
                            // a given value takes precedence over this step's
                            .mapToInt(
                                    n ->
                                            n == null
                                                    ? -1
                                                    : this.given.contains(n)
                                                            ? slot("unused " + n)
                                                            : slots.get(n))
                            .toArray();
        }
        int size = slots.size();
        values = new INDArray[size];
        fixed = new boolean[size];
        outlivesRun = new boolean[size];
        root = new int[size];
        lastUse = new int[size];
        result = new String[size];
        takesOver = new int[size];
        analyse();
    }

    private int slot(String name) {
        return slots.computeIfAbsent(name, n -> slots.size());
    }

    /** Adds the steps that the value needs, each after the steps it depends on. */
    private void require(String name) {
        if (slots.containsKey(name)) {
            return;
        }
        Step step = graph.of(name);
        if (step == null) {
            SDVariable variable = graph.variable(name);
            if (variable.getVariableType() == VariableType.PLACEHOLDER) {
                throw new IllegalArgumentException("no value for the placeholder '" + name + "'");
            }
            stored.put(slot(name), name);
            return;
        }
        step.inputs.stream().filter(n -> n != null).forEach(this::require);
        step.outputs.stream().filter(n -> n != null).forEach(this::slot);
        steps.add(step);
    }

    private void analyse() {
        for (int i = 0; i < root.length; i++) {
            root[i] = i;
        }
        Arrays.fill(lastUse, -1);
        stored.forEach(
                (slot, name) ->
                        fixed[slot] =
                                graph.variable(name).getVariableType() == VariableType.CONSTANT);
        for (int s = 0; s < steps.size(); s++) {
            Step step = steps.get(s);
            boolean stepIsFixed =
                    step.dependsOnShapesOnly()
                            || (step instanceof OpStep || step instanceof ViewStep)
                                    && Arrays.stream(step.in).allMatch(i -> fixed[i]);
            for (int i = 0; i < step.in.length; i++) {
                int slot = step.in[i];
                if (slot >= 0) {
                    checkFixedIfIntegers(step, slot);
                    lastUse[root[slot]] = s;
                    outlivesRun[slot] |= !stepIsFixed;
                }
            }
            for (int slot : step.out) {
                if (slot >= 0) {
                    fixed[slot] = stepIsFixed;
                }
            }
            if (step.givesView() && !stepIsFixed) {
                root[step.out[0]] = root[step.in[0]];
            }
            diesAfter.add(new ArrayList<>());
        }
        for (String name : requested) {
            int slot = slots.get(name);
            lastUse[root[slot]] = Integer.MAX_VALUE;
            outlivesRun[slot] = true;
            result[root[slot]] = name; // the last, if several are views of one
        }
        for (Step step : steps) {
            for (int slot : step.out) {
                boolean ownsMemory = slot >= 0 && root[slot] == slot && !fixed[slot];
                if (ownsMemory && lastUse[slot] < Integer.MAX_VALUE) {
                    diesAfter.get(Math.max(lastUse[slot], steps.indexOf(step))).add(slot);
                }
            }
        }
    }

    /** An integer input may be a shape, which must not change unless the input's shapes do. */
    private void checkFixedIfIntegers(Step step, int slot) {
        if (step instanceof OpStep || step instanceof ViewStep) {
            int index = Arrays.stream(step.in).boxed().toList().indexOf(slot);
            SDVariable variable = graph.variable(step.inputs.get(index));
            if (variable != null && variable.dataType().isIntType() && !fixed[slot]) {
                throw new UnsupportedGraphException(variable.name());
            }
        }
    }

    /** Names of the values computed anew in each run, excluding views of others. */
    List<String> computed() {
        List<String> names = new ArrayList<>();
        for (Step step : steps) {
            for (int i = 0; i < step.out.length; i++) {
                int slot = step.out[i];
                if (slot >= 0 && !fixed[slot] && root[slot] == slot) {
                    names.add(step.outputs.get(i));
                }
            }
        }
        return names;
    }

    /** Names of the given values that the steps or the requested values need. */
    List<String> used() {
        return given.stream().filter(name -> isUsed(slots.get(name))).toList();
    }

    /**
     * Computes the requested values.
     *
     * @param inputs the given values by name; contiguous in 'c' order except for parameters
     * @param results provides the arrays for the requested values
     * @return the requested values by name; none shares memory with another or with an input
     */
    Map<String, INDArray> run(Map<String, INDArray> inputs, Results results) {
        this.results = results;
        try {
            for (String name : given) {
                values[slots.get(name)] = inputs.get(name);
            }
            noteShapes(inputs);
            stored.forEach(
                    (slot, name) -> {
                        if (values[slot] == null) {
                            values[slot] = graph.variable(name).getArr();
                        }
                    });
            for (int s = 0; s < steps.size(); s++) {
                run(steps.get(s));
                if (shapesChanged) {
                    free.addAll(diesAfter.get(s));
                }
            }
            Map<String, INDArray> requestedValues = new HashMap<>();
            for (String name : requested) {
                requestedValues.put(name, own(name));
            }
            return requestedValues;
        } catch (RuntimeException e) {
            shapes = null; // the values that depend on them are incomplete
            throw e;
        } finally {
            this.results = null;
            shapesChanged = false;
            free.clear();
            for (int i = 0; i < values.length; i++) {
                if (!fixed[i] || !outlivesRun[i]) {
                    values[i] = null; // its workspace may close
                }
            }
        }
    }

    private void noteShapes(Map<String, INDArray> inputs) {
        boolean same = shapes != null;
        for (int i = 0; same && i < shapes.length; i++) {
            INDArray array = inputs.get(given.get(i));
            same = Arrays.equals(shapes[i], array.shape());
        }
        if (!same) {
            shapes = given.stream().map(n -> inputs.get(n).shape().clone()).toArray(long[][]::new);
            shapesChanged = true;
            Arrays.fill(takesOver, -1);
        }
    }

    private void run(Step step) {
        boolean stepIsFixed = step.out[0] >= 0 && fixed[step.out[0]];
        if (!stepIsFixed) {
            step.run(this);
        } else if (shapesChanged) {
            inFixedStep = true;
            try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                step.run(this);
            } finally {
                inFixedStep = false;
            }
        }
    }

    /** A requested value in an array provided by {@link Results}. */
    private INDArray own(String name) {
        int slot = slots.get(name);
        INDArray value = values[slot];
        int memory = root[slot];
        if (name.equals(result[memory])
                && !fixed[slot]
                && !given(memory)
                && !stored.containsKey(memory)) {
            return value;
        }
        return results.allocate(name, value.dataType(), value.shape(), true).assign(value);
    }

    private boolean given(int slot) {
        return slot < given.size();
    }

    // ---- for the steps --------------------------------------------------------------------------

    INDArray value(int slot) {
        return values[slot];
    }

    void set(int slot, INDArray value) {
        values[slot] = value;
    }

    /** Whether values that depend on shapes only must be recomputed. */
    boolean shapesChanged() {
        return shapesChanged;
    }

    /** Whether the value is read at all. */
    boolean isUsed(int slot) {
        return slot >= 0 && lastUse[slot] >= 0;
    }

    /** An array for a value that a step computes, contiguous in 'c' order. */
    INDArray allocate(int slot, DataType type, long[] shape) {
        return allocate(slot, type, shape, false);
    }

    /**
     * An array for a value that a step computes.
     *
     * @param anyOrder whether an order other than contiguous 'c' is allowed
     */
    INDArray allocate(int slot, DataType type, long[] shape, boolean anyOrder) {
        INDArray array = null;
        if (!inFixedStep) {
            if (result[slot] != null) {
                array = results.allocate(result[slot], type, shape, anyOrder);
            } else {
                if (shapesChanged) {
                    takesOver[slot] = takeFree(type, shape);
                }
                array = takesOver[slot] < 0 ? null : values[takesOver[slot]];
            }
        }
        if (array == null) {
            array = Nd4j.createUninitialized(type, shape, 'c');
        }
        values[slot] = array;
        return array;
    }

    private int takeFree(DataType type, long[] shape) {
        for (int i = 0; i < free.size(); i++) {
            INDArray array = values[free.get(i)];
            if (array != null && array.dataType() == type && Arrays.equals(array.shape(), shape)) {
                return free.remove(i);
            }
        }
        return -1;
    }
}
