package org.lamina.zoo.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.cli.Cli;
import org.lamina.zoo.modelfile.ModelFile;

/**
 * Recordings, prepared batches and checkpoints in a real HDFS, whose servers are a process of their
 * own. Their artifact is no dependency of the ordinary tests; CONTRIBUTING has the command.
 */
@Tag("cluster")
class HdfsTest {
    private static final String SERVERS = "org.apache.hadoop.mapreduce.MiniHadoopClusterManager";

    @TempDir static Path folder;

    private static Process servers;
    private static FileSystem hdfs;

    @BeforeAll
    static void start() throws Exception {
        Path log = folder.resolve("hdfs.log");
        Path written = folder.resolve("hdfs.xml");
        List<String> command = new ArrayList<>(List.of(StandaloneCluster.java(), "-Xmx512m"));
        command.add("-Dtest.build.data=" + folder.resolve("hdfs"));
        command.addAll(List.of("-cp", StandaloneCluster.ownClassPath(), SERVERS));
        command.addAll(List.of("-nomr", "-format", "-writeConfig", written.toString()));
        servers =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!Files.exists(written) || !Files.readString(written).contains("</configuration>")) {
            assertTrue(servers.isAlive() && System.nanoTime() < end, Files.readString(log));
            Thread.sleep(50);
        }
        Configuration configuration = new Configuration();
        configuration.addResource(new org.apache.hadoop.fs.Path(written.toUri()));
        hdfs = FileSystem.get(configuration);
        assertEquals("hdfs", hdfs.getScheme());
    }

    @AfterAll
    static void end() throws IOException {
        if (hdfs != null) {
            hdfs.close();
        }
        servers.destroyForcibly();
    }

    private static String url(String name) {
        return hdfs.getUri() + "/" + name;
    }

    private static Cli run(String... args) {
        List<String> all = new ArrayList<>(List.of("spark-train", "--master", "local[2]"));
        all.addAll(Arrays.asList(args));
        if (!all.contains("--resume")) {
            all.addAll(Cli.TINY);
        }
        Cli result = Cli.run(all.toArray(String[]::new));
        assertEquals(0, result.code(), result.err());
        return result;
    }

    @Test
    void trainsAsFromALocalFolderAndGoesOnFromACheckpoint() throws Exception {
        LocalSpark.context();
        Path local = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(local, 3, 8);
        hdfs.copyFromLocalFile(
                new org.apache.hadoop.fs.Path(local.toUri()),
                new org.apache.hadoop.fs.Path(url("data")));
        String[] settings = {"--epochs", "3", "--averaging", "1", "--checkpoint-seconds", "0"};
        Path there = folder.resolve("there");
        Thread copier = new Thread(HdfsTest::keepFirstCheckpoint);
        copier.start();
        run(
                with(
                        settings,
                        "--data",
                        url("data"),
                        "--work",
                        url("work"),
                        "--out",
                        there.toString()));
        copier.join();
        assertFalse(exists("work/epochs"), "prepared batches are removed");

        Path here = folder.resolve("here");
        String work = folder.resolve("work").toString();
        run(with(settings, "--data", local.toString(), "--work", work, "--out", here.toString()));
        assertSame(here, there);

        Path resumed = folder.resolve("resumed");
        Cli result =
                run(
                        "--resume",
                        "--averaging",
                        "1",
                        "--work",
                        url("copy"),
                        "--out",
                        resumed.toString());
        assertTrue(result.out().contains("Resuming after epoch"), result.out());
        assertSame(here, resumed);
        assertFalse(exists("copy/checkpoint.zip"), "the checkpoint is removed");
    }

    private static String[] with(String[] settings, String... more) {
        List<String> all = new ArrayList<>(Arrays.asList(settings));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    private static boolean exists(String name) throws IOException {
        return hdfs.exists(new org.apache.hadoop.fs.Path(url(name)));
    }

    /** As if the run had been killed when its first checkpoint was written. */
    private static void keepFirstCheckpoint() {
        try {
            while (!exists("work/checkpoint.zip")) {
                Thread.sleep(2);
            }
            for (String name : List.of("checkpoint.zip", "epochs")) {
                FileUtil.copy(
                        hdfs,
                        new org.apache.hadoop.fs.Path(url("work/" + name)),
                        hdfs,
                        new org.apache.hadoop.fs.Path(url("copy/" + name)),
                        false,
                        hdfs.getConf());
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertSame(Path expected, Path actual) throws IOException {
        ModelFile one = ModelFile.load(expected.resolve("model.zip"));
        ModelFile other = ModelFile.load(actual.resolve("model.zip"));
        assertTrue(
                one.network().params().equalsWithEps(other.network().params(), 1e-5),
                "other parameters in " + actual);
    }
}
