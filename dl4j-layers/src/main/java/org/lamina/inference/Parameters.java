package org.lamina.inference;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network's parameters with a copy of their values: what changes them, an update or an assignment
 * in place, leaves no other trace.
 */
final class Parameters {

    private final Model network;
    private volatile Version last;

    Parameters(Model network) {
        this.network = network;
    }

    /**
     * Where the parameters are.
     *
     * @param all one vector
     * @param views the layers' own, parts of it
     */
    record Place(INDArray all, List<INDArray> views) {

        long address() {
            return Parameters.address(all);
        }

        private long bytes() {
            return all.length() * all.dataType().width();
        }

        /** Whether the layers have no parameters elsewhere, whose changes would go unnoticed. */
        boolean isWhole() {
            return views.stream()
                    .map(Parameters::address)
                    .allMatch(a -> a >= address() && a < address() + bytes());
        }
    }

    /** Values of the parameters. */
    record Version(Place place, ByteBuffer memory, ByteBuffer values) {

        static Version of(Place place) {
            long bytes = place.bytes();
            ByteBuffer memory =
                    bytes == 0
                            ? ByteBuffer.allocateDirect(0)
                            : new Memory(place.address(), bytes).asByteBuffer();
            ByteBuffer values = ByteBuffer.allocateDirect(memory.capacity());
            return new Version(place, memory, values.put(0, memory, 0, memory.capacity()));
        }
    }

    /** The same object as long as the parameters and their place are. */
    Version current() {
        Version version = last;
        return isCurrent(version) ? version : renewed();
    }

    private synchronized Version renewed() {
        if (!isCurrent(last)) {
            boolean inPlace = last != null && isCurrent(last.place);
            last = Version.of(inPlace ? last.place : new Place(network.params(), views()));
        }
        return last;
    }

    private boolean isCurrent(Version version) {
        try {
            return version != null
                    && isCurrent(version.place)
                    && version.memory.mismatch(version.values) < 0;
        } finally {
            Reference.reachabilityFence(version);
        }
    }

    /** Without a comparison of values, and without asking each array for its address. */
    private boolean isCurrent(Place place) {
        int i = 0;
        for (Layer layer : layers()) {
            for (INDArray view : layer.paramTable().values()) {
                if (i == place.views.size() || view != place.views.get(i++)) {
                    return false;
                }
            }
        }
        return i == place.views.size() && address(network.params()) == place.address();
    }

    private List<INDArray> views() {
        List<INDArray> views = new ArrayList<>();
        for (Layer layer : layers()) {
            views.addAll(layer.paramTable().values());
        }
        return views;
    }

    private Layer[] layers() {
        return network instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) network).getLayers()
                : ((ComputationGraph) network).getLayers();
    }

    private static long address(INDArray array) {
        return array.isEmpty() ? 0 : array.data().addressPointer().address();
    }

    /** Memory that an array owns. */
    private static final class Memory extends BytePointer {
        Memory(long address, long bytes) {
            super((Pointer) null);
            this.address = address;
            this.limit = bytes;
            this.capacity = bytes;
        }
    }
}
