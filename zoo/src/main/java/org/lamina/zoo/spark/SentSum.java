package org.lamina.zoo.spark;

import java.io.Serializable;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function2;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.deeplearning4j.spark.impl.paramavg.aggregator.ParameterAveragingAggregationTuple;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A sum of workers' networks, as computed by DL4J, that is sent to the driver. */
final class SentSum extends ParameterAveragingAggregationTuple {
    private static final long serialVersionUID = 1L;

    /** The serialized form. */
    private record Form(SentArray parameters, SentArray updaterState, double score, int count)
            implements Serializable {
        private Object readResolve() {
            return new SentSum(parameters.array(), updaterState.array(), score, count);
        }
    }

    private SentSum(INDArray parameters, INDArray updaterState, double score, int count) {
        // Statistics and listeners of DL4J are not used here.
        super(parameters, updaterState, score, count, null, null, null, null);
    }

    private Object writeReplace() {
        return new Form(
                new SentArray(getParametersSum()),
                new SentArray(getUpdaterStateSum()),
                getScoreSum(),
                getAggregationsCount());
    }

    /** Results that are summed in tuples of this class instead of DL4J's own. */
    static final class Results extends JavaRDD<ParameterAveragingTrainingResult> {
        private static final long serialVersionUID = 1L;

        Results(JavaRDD<ParameterAveragingTrainingResult> results) {
            super(results.rdd(), results.classTag());
        }

        @Override
        public <U> U treeAggregate(
                U zero,
                Function2<U, ParameterAveragingTrainingResult, U> add,
                Function2<U, U, U> combine,
                int depth) {
            return super.treeAggregate(zero, sent(add), sent(combine), depth);
        }

        @SuppressWarnings("unchecked")
        private static <U, T> Function2<U, T, U> sent(Function2<U, T, U> function) {
            return (sum, next) -> {
                U result = function.call(sum, next);
                return result instanceof ParameterAveragingAggregationTuple tuple
                                && !(result instanceof SentSum)
                        ? (U)
                                new SentSum(
                                        tuple.getParametersSum(),
                                        tuple.getUpdaterStateSum(),
                                        tuple.getScoreSum(),
                                        tuple.getAggregationsCount())
                        : result;
            };
        }
    }
}
