package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.layers.SpecLayer;
import org.lamina.layers.samediff.SpecSameDiffLayer;
import org.lamina.zoo.Zoo;
import org.nd4j.linalg.api.buffer.DataType;

/** A network with layers of Lamina where Lamina is not on the class path. */
class WithoutLaminaTest {

    private URLClassLoader others;

    @BeforeEach
    void classPathWithoutLamina() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(new File(entry).toURI().toURL());
        }
        for (Class<?> own :
                Set.of(SpecLayer.class, SpecSameDiffLayer.class, Zoo.class, getClass())) {
            urls.remove(own.getProtectionDomain().getCodeSource().getLocation());
        }
        others = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    @AfterEach
    void close() throws Exception {
        others.close();
    }

    @Test
    void theErrorNamesTheClassThatIsMissing() throws Exception {
        Method read =
                others.loadClass(MultiLayerConfiguration.class.getName())
                        .getMethod("fromJson", String.class);
        Row row = LayerFamily.firstRows().get(0);
        for (Form form : Form.values()) {
            String json = json(row, form);
            InvocationTargetException e =
                    assertThrows(InvocationTargetException.class, () -> read.invoke(null, json));
            String name = row.build(form).getClass().getName();
            String message = ExceptionUtils.getStackTrace(e);
            assertTrue(message.contains(name), message);
        }
    }

    private static String json(Row row, Form form) {
        return Nets.single(row.build(form), row.input(), DataType.FLOAT)
                .getLayerWiseConfigurations()
                .toJson();
    }
}
