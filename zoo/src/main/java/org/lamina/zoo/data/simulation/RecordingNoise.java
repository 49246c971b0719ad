package org.lamina.zoo.data.simulation;

import java.util.List;
import java.util.Random;
import org.lamina.zoo.data.recording.Montage.Position;

/**
 * What disturbs a recording: noise of the amplifier, 50 Hz from the mains, drift, blinks, bursts of
 * muscle activity and bad contacts.
 *
 * @param rate sampling rate in Hz
 * @param electrodes positions of the channels
 */
record RecordingNoise(double rate, List<Position> electrodes) {
    private static final double MAINS_HZ = 50;

    void addTo(float[][] samples, Random random) {
        int n = samples[0].length;
        double phase = 2 * Math.PI * random.nextDouble();
        for (int c = 0; c < samples.length; c++) {
            double[] drift = new ColoredNoise(rate).firstOrder(n, 0.03, 15, random);
            // The anti-aliasing filter of an amplifier removes what is above half its rate
            double mains = rate > 2 * MAINS_HZ ? 1 + 2 * random.nextDouble() : 0;
            for (int t = 0; t < n; t++) {
                samples[c][t] +=
                        (float)
                                (1.5 * random.nextGaussian()
                                        + drift[t]
                                        + mains
                                                * Math.sin(
                                                        2 * Math.PI * MAINS_HZ * t / rate + phase));
            }
        }
        double[] blink = new double[samples.length];
        double[] muscle = new double[samples.length];
        for (int c = 0; c < samples.length; c++) {
            Position at = electrodes.get(c);
            blink[c] = 120 * Math.exp(-at.distance(new Position(0, 1)) / 0.35);
            muscle[c] = 12 * Math.exp((Math.hypot(at.x(), at.y()) - 1) / 0.3);
        }
        artefacts(6, random, from -> addBlink(samples, blink, from));
        artefacts(20, random, from -> addMuscle(samples, muscle, from, random));
        artefacts(90, random, from -> addBadContact(samples, from, random));
    }

    private interface Artefact {
        boolean addAt(int sample);
    }

    /** Adds artefacts at random times, with the given mean interval, until the end. */
    private void artefacts(double everySeconds, Random random, Artefact artefact) {
        double at = 0;
        do {
            at -= everySeconds * Math.log(1 - random.nextDouble());
        } while (artefact.addAt((int) (at * rate)));
    }

    private boolean addBlink(float[][] samples, double[] weights, int from) {
        int n = samples[0].length;
        int length = (int) (0.35 * rate);
        for (int t = from; t < Math.min(n, from + length); t++) {
            double shape = Math.sin(Math.PI * (t - from) / length);
            for (int c = 0; c < samples.length; c++) {
                samples[c][t] += (float) (weights[c] * shape * shape);
            }
        }
        return from < n;
    }

    private boolean addMuscle(float[][] samples, double[] weights, int from, Random random) {
        int n = samples[0].length;
        for (int c = 0; c < samples.length; c++) {
            double before = 0;
            for (int t = from; t < Math.min(n, from + (int) (0.5 * rate)); t++) {
                // The difference of white noise has most of its power at high frequencies
                double now = random.nextGaussian();
                samples[c][t] += (float) (weights[c] * (now - before));
                before = now;
            }
        }
        return from < n;
    }

    private boolean addBadContact(float[][] samples, int from, Random random) {
        int n = samples[0].length;
        int c = random.nextInt(samples.length);
        double height = 80 * random.nextGaussian();
        for (int t = from; t < Math.min(n, from + (int) (2 * rate)); t++) {
            samples[c][t] += (float) (height * Math.exp(-(t - from) / (0.4 * rate)));
        }
        return from < n;
    }
}
