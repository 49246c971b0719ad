package org.lamina.zoo.spark;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.NameList;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Converts the rows of a Spark SQL data set to examples. */
public final class ExampleRows {
    private ExampleRows() {}

    /**
     * Reads two columns.
     *
     * @param rows with an array of numbers and a class index each
     * @param features name of the column with the arrays, in C order
     * @param label name of the column with the class index, from 0
     * @param classes number of classes
     * @param shape of one example, without the batch axis
     * @return an example for each row, its label one-hot
     * @throws DataException if a column is missing; from the executors, if a row's array has
     *     another length or its label is not a class
     */
    public static JavaRDD<DataSet> of(
            Dataset<Row> rows, String features, String label, int classes, long... shape) {
        List<String> columns = Arrays.asList(rows.columns());
        for (String wanted : List.of(features, label)) {
            if (!columns.contains(wanted)) {
                throw new DataException(
                        "No column '" + wanted + "'; there are: " + NameList.of(columns));
            }
        }
        long[] batchShape = new long[shape.length + 1];
        batchShape[0] = 1;
        System.arraycopy(shape, 0, batchShape, 1, shape.length);
        return rows.select(features, label)
                .toJavaRDD()
                .map(row -> example(row, classes, batchShape));
    }

    private static DataSet example(Row row, int classes, long[] shape) {
        List<Number> values = row.isNullAt(0) ? List.of() : row.getList(0);
        long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        if (values.size() != length) {
            throw new DataException(
                    "A row has %s features; examples of shape %s have %s",
                    values.size(),
                    Arrays.toString(Arrays.copyOfRange(shape, 1, shape.length)),
                    length);
        }
        int index = row.isNullAt(1) ? -1 : ((Number) row.get(1)).intValue();
        if (index < 0 || index >= classes) {
            throw new DataException(
                    "A row has label " + row.get(1) + "; must be 0 to " + (classes - 1));
        }
        float[] x = new float[values.size()];
        for (int i = 0; i < x.length; i++) {
            x[i] = values.get(i).floatValue();
        }
        INDArray oneHot = Nd4j.zeros(1, classes);
        oneHot.putScalar(0, index, 1);
        return new DataSet(Nd4j.create(x, shape, 'c'), oneHot);
    }
}
