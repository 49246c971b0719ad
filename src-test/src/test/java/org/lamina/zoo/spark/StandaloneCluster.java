package org.lamina.zoo.spark;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;

/**
 * A standalone cluster of Spark on this machine: a master and workers of one core each, all in
 * processes of their own, from the artifacts on a class path.
 */
public final class StandaloneCluster implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Path folder;
    private final String classPath;
    private final List<Process> processes = new ArrayList<>();
    private final int port;
    private int workers;

    /**
     * @param folder for logs and Spark's home
     * @param classPath of master and workers
     */
    public StandaloneCluster(Path folder, String classPath) throws IOException {
        this.folder = folder;
        this.classPath = classPath;
        // What a worker asks for before it starts an executor.
        Files.createDirectories(folder.resolve("home/jars"));
        Files.writeString(folder.resolve("home/RELEASE"), "Spark\n");
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        awaitPort(
                start(
                        "master",
                        "org.apache.spark.deploy.master.Master",
                        "--port",
                        Integer.toString(port),
                        "--webui-port",
                        "0"));
    }

    /** Drivers and workers that come before the master listens log stack traces, and wait. */
    private void awaitPort(Process master) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (master.isAlive() && System.nanoTime() < end) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (ConnectException e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
        close();
        throw new IOException("no master: " + Files.readString(folder.resolve("master.log")));
    }

    /** Gives every executor jars, as an installation of Spark does. */
    void install(List<String> jars) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        jars.stream()
                                .map(jar -> Path.of(jar).toUri().toString())
                                .collect(Collectors.joining(" ")));
        Path jar = folder.resolve("home/jars/spark.jar");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    }

    public String url() {
        return "spark://127.0.0.1:" + port;
    }

    public Process startWorker() throws IOException {
        String name = "worker" + ++workers;
        return start(
                name,
                "org.apache.spark.deploy.worker.Worker",
                url(),
                "--cores",
                "1",
                "--memory",
                "3g",
                "--webui-port",
                "0",
                "--work-dir",
                folder.resolve(name).toString());
    }

    private Process start(String name, String main, String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(List.of("-Xmx256m", "-cp", classPath, main, "--host", "127.0.0.1"));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("SPARK_HOME", folder.resolve("home").toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.12");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        builder.redirectErrorStream(true).redirectOutput(folder.resolve(name + ".log").toFile());
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The executor of a worker. */
    static ProcessHandle executor(Process worker) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < end) {
            List<ProcessHandle> children = worker.descendants().toList();
            if (!children.isEmpty()) {
                return children.get(children.size() - 1);
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("no executor within " + PATIENCE_SECONDS + " s");
    }

    /** What a driver on this machine needs, whose executors have its own class path. */
    public static SparkConf connection(String url) {
        return new SparkConf()
                .setMaster(url)
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.executorEnv.OMP_NUM_THREADS", "1")
                .set("spark.executor.extraClassPath", ownClassPath());
    }

    /** Class path of this process. */
    public static String ownClassPath() {
        return System.getProperty("java.class.path");
    }

    @Override
    public void close() {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
