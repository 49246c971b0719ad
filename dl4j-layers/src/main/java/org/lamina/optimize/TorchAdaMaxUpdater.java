package org.lamina.optimize;

import java.util.Map;
import org.lamina.arrays.Views;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Computes the updates of {@link TorchAdaMax}; its state is m, then u, as in ND4J's AdaMax. */
final class TorchAdaMaxUpdater implements GradientUpdater<TorchAdaMax> {

    /** Key of the mean gradient m. */
    public static final String MEAN = "M";

    /** Key of the largest gradient u. */
    public static final String LARGEST = "V";

    private final TorchAdaMax config;
    private INDArray mean;
    private INDArray largest;

    TorchAdaMaxUpdater(TorchAdaMax config) {
        this.config = config;
    }

    @Override
    public TorchAdaMax getConfig() {
        return config;
    }

    @Override
    public void setState(Map<String, INDArray> state, boolean initialize) {
        if (state.size() != 2 || !state.containsKey(MEAN) || !state.containsKey(LARGEST)) {
            throw new IllegalStateException(
                    "TorchAdaMax: state has " + state.keySet() + "; expected M and V");
        }
        mean = state.get(MEAN);
        largest = state.get(LARGEST);
        if (initialize) {
            mean.assign(0);
            largest.assign(0);
        }
    }

    @Override
    public Map<String, INDArray> getState() {
        return Map.of(MEAN, mean, LARGEST, largest);
    }

    @Override
    public void setStateViewArray(
            INDArray view, long[] gradientShape, char gradientOrder, boolean initialize) {
        INDArray flat = view.reshape(view.length());
        if (initialize) {
            flat.assign(0);
        }
        long half = flat.length() / 2;
        mean = Views.slice(flat, 0, half).reshape(gradientOrder, gradientShape);
        largest = Views.slice(flat, half, 2 * half).reshape(gradientOrder, gradientShape);
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        INDArray m = mean.reshape(gradient.shape());
        INDArray u = largest.reshape(gradient.shape());
        INDArray size = Transforms.abs(gradient, true).addi(config.eps());
        u.muli(config.beta2());
        Transforms.max(u, size, false);
        m.muli(config.beta1()).addi(gradient.muli(1 - config.beta1()));
        // With eps 0 it may be 0 / 0, for a parameter that never had a gradient.
        INDArray divisor = config.eps() == 0 ? u.add(Float.MIN_NORMAL) : u;
        double rate = config.getLearningRate(iteration, epoch);
        gradient.assign(m)
                .divi(divisor)
                .muli(rate / (1 - Math.pow(config.beta1(), iteration + 1.0)));
    }
}
