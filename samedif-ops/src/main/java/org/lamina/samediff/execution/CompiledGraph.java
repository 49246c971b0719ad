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
 * The steps of a graph that lead from given values to wanted ones, in an order that is found once.
 *
 * <p>What depends only on shapes, such as the shapes of outputs, the value of a {@code shape_of},
 * and what follows from constants, is computed when the shapes of the given values change. Arrays
 * come from the current workspace; one that is needed no more is used again for a later value of
 * the same shape.
 *
 * <p>Runs in one thread at a time.
 */
final class CompiledGraph {

    /** Gives the arrays for wanted values. */
    interface Results {

        /** An array of any content, in 'c' order without gaps. */
        INDArray allocate(String name, DataType type, long[] shape);
    }

    private final GraphSteps graph;
    private final List<String> given;
    private final List<String> wanted;
    private final List<Step> steps = new ArrayList<>();

    /** Places of values by name. */
    private final Map<String, Integer> places = new HashMap<>();

    /** Names of constants, and of variables that are not given, by place. */
    private final Map<Integer, String> stored = new LinkedHashMap<>();

    private final INDArray[] values;

    /** Whether a place's value depends on shapes and constants only. */
    private final boolean[] fixed;

    /** Whether a fixed place is read by a step that is not fixed, or wanted. */
    private final boolean[] outlivesRun;

    /** The place whose memory a place's value lies in. */
    private final int[] root;

    /** The last step that reads a place or a view of it; -1 for none, maximal for a wanted one. */
    private final int[] lastUse;

    /** By place: the name of a wanted value that lies in it. */
    private final String[] result;

    /** The place whose array a place takes over; -1 for none. */
    private final int[] takesOver;

    /** Places whose arrays are free, while the plan of who takes over whose is made. */
    private final List<Integer> free = new ArrayList<>();

    private final List<List<Integer>> diesAfter = new ArrayList<>();

    private long[][] shapes;
    private boolean shapesChanged;
    private boolean inFixedStep;
    private Results results;

    /**
     * Finds the steps.
     *
     * @param given names of values that each run is given
     * @param wanted names of values that each run gives
     * @throws UnsupportedGraphException if an op can't be run so
     */
    CompiledGraph(GraphSteps graph, Collection<String> given, Collection<String> wanted) {
        this.graph = graph;
        this.given = List.copyOf(given);
        this.wanted = List.copyOf(wanted);
        given.forEach(this::place);
        wanted.forEach(this::require);
        for (Step step : steps) {
            step.in = step.inputs.stream().mapToInt(n -> n == null ? -1 : places.get(n)).toArray();
            step.out =
                    step.outputs.stream()
                            // a value that is given counts, not this step's
                            .mapToInt(
                                    n ->
                                            n == null
                                                    ? -1
                                                    : this.given.contains(n)
                                                            ? place("unused " + n)
                                                            : places.get(n))
                            .toArray();
        }
        int size = places.size();
        values = new INDArray[size];
        fixed = new boolean[size];
        outlivesRun = new boolean[size];
        root = new int[size];
        lastUse = new int[size];
        result = new String[size];
        takesOver = new int[size];
        analyse();
    }

    private int place(String name) {
        return places.computeIfAbsent(name, n -> places.size());
    }

    /** Adds the steps that the value needs, each after those that it needs itself. */
    private void require(String name) {
        if (places.containsKey(name)) {
            return;
        }
        Step step = graph.of(name);
        if (step == null) {
            SDVariable variable = graph.variable(name);
            if (variable.getVariableType() == VariableType.PLACEHOLDER) {
                throw new IllegalArgumentException("no value for the placeholder '" + name + "'");
            }
            stored.put(place(name), name);
            return;
        }
        step.inputs.stream().filter(n -> n != null).forEach(this::require);
        step.outputs.stream().filter(n -> n != null).forEach(this::place);
        steps.add(step);
    }

    private void analyse() {
        for (int i = 0; i < root.length; i++) {
            root[i] = i;
        }
        Arrays.fill(lastUse, -1);
        stored.forEach(
                (place, name) ->
                        fixed[place] =
                                graph.variable(name).getVariableType() == VariableType.CONSTANT);
        for (int s = 0; s < steps.size(); s++) {
            Step step = steps.get(s);
            boolean stepIsFixed =
                    step.dependsOnShapesOnly()
                            || (step instanceof OpStep || step instanceof ViewStep)
                                    && Arrays.stream(step.in).allMatch(i -> fixed[i]);
            for (int i = 0; i < step.in.length; i++) {
                int place = step.in[i];
                if (place >= 0) {
                    checkFixedIfIntegers(step, place);
                    lastUse[root[place]] = s;
                    outlivesRun[place] |= !stepIsFixed;
                }
            }
            for (int place : step.out) {
                if (place >= 0) {
                    fixed[place] = stepIsFixed;
                }
            }
            if (step.givesView() && !stepIsFixed) {
                root[step.out[0]] = root[step.in[0]];
            }
            diesAfter.add(new ArrayList<>());
        }
        for (String name : wanted) {
            int place = places.get(name);
            lastUse[root[place]] = Integer.MAX_VALUE;
            outlivesRun[place] = true;
            result[root[place]] = name; // the last, if several are views of one
        }
        for (Step step : steps) {
            for (int place : step.out) {
                boolean ownsMemory = place >= 0 && root[place] == place && !fixed[place];
                if (ownsMemory && lastUse[place] < Integer.MAX_VALUE) {
                    diesAfter.get(Math.max(lastUse[place], steps.indexOf(step))).add(place);
                }
            }
        }
    }

    /** An integer input may be a shape, which must not change while the input's shapes stay. */
    private void checkFixedIfIntegers(Step step, int place) {
        if (step instanceof OpStep || step instanceof ViewStep) {
            int index = Arrays.stream(step.in).boxed().toList().indexOf(place);
            SDVariable variable = graph.variable(step.inputs.get(index));
            if (variable != null && variable.dataType().isIntType() && !fixed[place]) {
                throw new UnsupportedGraphException(variable.name());
            }
        }
    }

    /** Names of the values that the steps compute anew for each run, without views of others. */
    List<String> computed() {
        List<String> names = new ArrayList<>();
        for (Step step : steps) {
            for (int i = 0; i < step.out.length; i++) {
                int place = step.out[i];
                if (place >= 0 && !fixed[place] && root[place] == place) {
                    names.add(step.outputs.get(i));
                }
            }
        }
        return names;
    }

    /** Names of the given values that the steps or the wanted values need. */
    List<String> used() {
        return given.stream().filter(name -> isUsed(places.get(name))).toList();
    }

    /**
     * Computes the wanted values.
     *
     * @param inputs the given values by name; 'c' order without gaps but for parameters
     * @param results gives the arrays for the wanted values
     * @return the wanted values by name, none of which shares memory with another or an input
     */
    Map<String, INDArray> run(Map<String, INDArray> inputs, Results results) {
        this.results = results;
        try {
            for (String name : given) {
                values[places.get(name)] = inputs.get(name);
            }
            noteShapes(inputs);
            stored.forEach(
                    (place, name) -> {
                        if (values[place] == null) {
                            values[place] = graph.variable(name).getArr();
                        }
                    });
            for (int s = 0; s < steps.size(); s++) {
                run(steps.get(s));
                if (shapesChanged) {
                    free.addAll(diesAfter.get(s));
                }
            }
            Map<String, INDArray> wantedValues = new HashMap<>();
            for (String name : wanted) {
                wantedValues.put(name, own(name));
            }
            return wantedValues;
        } catch (RuntimeException e) {
            shapes = null; // not everything that depends on them was computed
            throw e;
        } finally {
            this.results = null;
            shapesChanged = false;
            free.clear();
            for (int i = 0; i < values.length; i++) {
                if (!fixed[i] || !outlivesRun[i]) {
                    values[i] = null; // it may lie in a workspace that closes
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

    /** A wanted value in an array that {@link Results} gave. */
    private INDArray own(String name) {
        int place = places.get(name);
        INDArray value = values[place];
        int memory = root[place];
        if (name.equals(result[memory])
                && !fixed[place]
                && !given(memory)
                && !stored.containsKey(memory)) {
            return value;
        }
        return results.allocate(name, value.dataType(), value.shape()).assign(value);
    }

    private boolean given(int place) {
        return place < given.size();
    }

    // ---- for the steps --------------------------------------------------------------------------

    INDArray value(int place) {
        return values[place];
    }

    void set(int place, INDArray value) {
        values[place] = value;
    }

    /** Whether what depends on shapes only is to be computed again. */
    boolean shapesChanged() {
        return shapesChanged;
    }

    /** Whether anybody reads the value. */
    boolean isUsed(int place) {
        return place >= 0 && lastUse[place] >= 0;
    }

    /** An array for a value that a step computes. */
    INDArray allocate(int place, DataType type, long[] shape) {
        INDArray array = null;
        if (!inFixedStep) {
            if (result[place] != null) {
                array = results.allocate(result[place], type, shape);
            } else {
                if (shapesChanged) {
                    takesOver[place] = takeFree(type, shape);
                }
                array = takesOver[place] < 0 ? null : values[takesOver[place]];
            }
        }
        if (array == null) {
            array = Nd4j.createUninitialized(type, shape, 'c');
        }
        values[place] = array;
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
