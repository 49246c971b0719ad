package org.lamina.tmp;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class TmpTest {
    @Test
    void t() {
        System.out.println(
                "golden "
                        + System.getProperty("golden.dir")
                        + " data "
                        + System.getProperty("lamina.data")
                        + " "
                        + Nd4j.rand(3, 3).sumNumber()
                        + " max "
                        + Runtime.getRuntime().maxMemory()
                        + " jc "
                        + org.bytedeco.javacpp.Pointer.maxBytes());
    }
}
