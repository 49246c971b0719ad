package org.lamina.zoo.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.lamina.zoo.BaseZooModel;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.summary.NetworkSummary;
import picocli.CommandLine.Command;

/** Lists the available networks. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description =
                "Lists the available networks: name, number of trained parameters and input shape"
                        + " of one example by default, source.")
final class ZooListCommand implements Callable<Integer> {
    private final Console console;

    ZooListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"network", "parameters", "input", "source"});
        for (Zoo.Entry entry : Zoo.networks()) {
            BaseZooModel<?, ?> network = entry.network().get();
            rows.add(
                    new String[] {
                        entry.name(),
                        String.format(Locale.ROOT, "%,d", NetworkSummary.of(network).trained()),
                        Texts.shape(
                                Arrays.stream(network.metaData().getInputShape()[0])
                                        .asLongStream()
                                        .toArray()),
                        entry.source()
                    });
        }
        Texts.table(rows).forEach(line -> console.print("%s", line));
        console.print("%nMore about one: %s zoo show NAME", Console.program());
        return ExitCode.OK;
    }
}
