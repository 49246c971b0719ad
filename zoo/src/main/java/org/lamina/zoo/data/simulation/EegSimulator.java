package org.lamina.zoo.data.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Montage;
import org.lamina.zoo.data.recording.Montage.Position;
import org.lamina.zoo.data.recording.Recording;

/**
 * Simulates EEG of imagined movements or event-related potentials, so that everything can be tried
 * without a download. The recordings are named and described as simulated; results on them say
 * nothing about people.
 *
 * <p>Each channel is the sum of
 *
 * <ul>
 *   <li>sources all over the head with a 1/f spectrum, weighted by their distance;
 *   <li>mu (9 to 12 Hz) and beta (18 to 24 Hz) rhythms of the areas of both hands, the feet and the
 *       tongue. From half a second after a cue, imagining a movement attenuates the rhythms of its
 *       area (event-related desynchronization) and, slightly, those of the opposite hand's area, by
 *       an amount that varies from trial to trial;
 *   <li>an occipital alpha rhythm, independent of the class;
 *   <li>noise of the amplifier, 50 Hz from the mains, drift, blinks, bursts of muscle activity and
 *       an occasional bad contact.
 * </ul>
 *
 * Subjects differ in the frequencies, amplitudes and locations of the rhythms. Equal settings and
 * seeds give equal samples.
 */
public final class EegSimulator {
    /** The task of the subjects. */
    public enum Paradigm {
        /** Imagined movements. */
        IMAGERY,
        /**
         * An oddball task: rare target stimuli (16 %) among frequent ones; targets evoke a P300,
         * see {@link EvokedPotentials}.
         */
        ERP;

        /** The name on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final List<String> MOTOR_CHANNELS =
            List.of(
                    "Fz", "FC3", "FC1", "FCz", "FC2", "FC4", "C5", "C3", "C1", "Cz", "C2", "C4",
                    "C6", "CP3", "CP1", "CPz", "CP2", "CP4", "P1", "Pz", "P2", "POz");

    private static final List<String> CLASSES =
            List.of("left_hand", "right_hand", "feet", "tongue");

    /** Areas: left hand (on the right), right hand, feet, tongue on both sides. */
    private static final List<Position> AREAS =
            List.of(
                    new Position(0.4, 0),
                    new Position(-0.4, 0),
                    new Position(0, 0.02),
                    new Position(0.68, -0.02),
                    new Position(-0.68, -0.02));

    /** Fraction of the full attenuation: {@code [class][area]}. */
    private static final double[][] ATTENUATION = {
        {1, 0.25, 0, 0, 0}, {0.25, 1, 0, 0, 0}, {0, 0, 1, 0, 0}, {0, 0, 0, 1, 1}
    };

    private static final List<String> STIMULI = List.of("standard", "target");

    /** Standards for each target: 16 % are targets. */
    private static final double STANDARDS = 5.25;

    private static final double STIMULUS = 0.1;
    private static final double STIMULI_APART = 1;

    private static final int BACKGROUND_SOURCES = 24;
    private static final double FIRST_CUE = 2;
    private static final double TRIAL = 4.5;
    private static final double IMAGERY = 3;

    private final Paradigm paradigm;
    private final List<String> channels;
    private final double rate;
    private final int classes;
    private final int epochsPerClass;
    private final int runs;
    private final int subjects;
    private final double snr;
    private final long seed;
    private final List<Position> electrodes;
    private final ColoredNoise noise;

    private EegSimulator(Builder builder) {
        channels = List.copyOf(builder.channels);
        rate = builder.rate;
        paradigm = builder.paradigm;
        int most = paradigm == Paradigm.ERP ? STIMULI.size() : CLASSES.size();
        classes = builder.classes == 0 ? most : builder.classes;
        int usual = paradigm == Paradigm.ERP ? 24 : 12;
        epochsPerClass = builder.epochsPerClass == null ? usual : builder.epochsPerClass;
        runs = builder.runs;
        subjects = builder.subjects;
        snr = builder.snr;
        seed = builder.seed;
        check(!channels.isEmpty(), "channels", channels, "at least one");
        check(rate >= 60 && rate <= 100_000, "rate", rate, "60 to 100,000 Hz");
        check(classes == 2 || classes == most, "classes", classes, most == 2 ? "2" : "2 or 4");
        check(epochsPerClass >= 1, "epochs per class", epochsPerClass, "1 or more");
        check(runs >= 1 && runs <= 99, "runs", runs, "1 to 99");
        check(subjects >= 1 && subjects <= 999, "subjects", subjects, "1 to 999");
        check(snr >= 0 && snr <= 1000, "snr", snr, "0 to 1000");
        electrodes = channels.stream().map(Montage::position).toList();
        noise = new ColoredNoise(rate);
    }

    private static void check(boolean holds, String field, Object value, String allowed) {
        if (!holds) {
            throw new DataException("EEG simulator: %s is %s; allowed: %s", field, value, allowed);
        }
    }

    /**
     * @return a builder; its defaults are 22 channels over the motor areas, 128 Hz, imagery of 4
     *     classes, 12 epochs of each class (24 targets of event-related potentials) in each of 6
     *     runs of one subject
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * @return class names, which are the event labels: left_hand, right_hand and, with four
     *     classes, feet and tongue; for event-related potentials standard and target
     */
    public List<String> classNames() {
        return paradigm == Paradigm.ERP ? STIMULI : CLASSES.subList(0, classes);
    }

    /**
     * @return how to cut epochs from these recordings: 0.5 to 2.5 s after the cue, 4 to 38 Hz; for
     *     event-related potentials 0 to 0.8 s after the stimulus, 1 to 20 Hz; classes in the order
     *     of {@link #classNames()}
     */
    public EpochingOptions epoching() {
        Map<String, String> labels = new LinkedHashMap<>();
        classNames().forEach(name -> labels.put(name, name));
        EpochingOptions.Builder epoching = EpochingOptions.builder().labels(labels);
        return paradigm == Paradigm.ERP
                ? epoching.band(1, 20).window(0, 0.8).build()
                : epoching.band(4, Math.min(38, 0.45 * rate)).window(0.5, 2.5).build();
    }

    /**
     * @return one recording per subject and run, named {@code simulated-S001R01} and so on (run id
     *     {@code 01}), in microvolt, with an event for each trial
     */
    public List<Recording> recordings() {
        List<Recording> recordings = new ArrayList<>();
        for (int subject = 1; subject <= subjects; subject++) {
            Head head = new Head(random(subject, 0));
            for (int run = 1; run <= runs; run++) {
                recordings.add(record(subject, run, head, random(subject, run)));
            }
        }
        return recordings;
    }

    /**
     * Each run has its own random numbers, so that more runs or subjects do not change the others.
     */
    private Random random(int subject, int run) {
        return new Random(seed * 0x9E3779B97F4A7C15L + subject * 1_000L + run);
    }

    /** A subject: locations of the sources, amplitudes and frequencies of the rhythms. */
    private final class Head {
        final double[][] background = new double[BACKGROUND_SOURCES][];
        final double[][] areas = new double[AREAS.size()][];
        final double[] alpha;
        final double muHz;
        final double betaHz;
        final double alphaHz;
        final double[] muStrength = new double[AREAS.size()];
        final double[] betaStrength = new double[AREAS.size()];
        final double attenuation;
        final EvokedPotentials evoked;

        Head(Random random) {
            for (int s = 0; s < background.length; s++) {
                double radius = Math.sqrt(random.nextDouble());
                double angle = 2 * Math.PI * random.nextDouble();
                Position place = new Position(radius * Math.cos(angle), radius * Math.sin(angle));
                background[s] = spread(place, 0.35, random.nextBoolean() ? 1 : -1);
            }
            for (int a = 0; a < areas.length; a++) {
                Position area = AREAS.get(a);
                Position place =
                        new Position(
                                area.x() + 0.03 * random.nextGaussian(),
                                area.y() + 0.03 * random.nextGaussian());
                areas[a] = spread(place, 0.22, 1);
                muStrength[a] = 6 * Math.exp(0.15 * random.nextGaussian());
                betaStrength[a] = 3 * Math.exp(0.15 * random.nextGaussian());
            }
            alpha = spread(new Position(0.05 * random.nextGaussian(), -0.75), 0.3, 1);
            muHz = 9 + 3 * random.nextDouble();
            betaHz = 18 + 6 * random.nextDouble();
            alphaHz = 9 + 2 * random.nextDouble();
            attenuation = 0.6 + 0.1 * random.nextDouble();
            evoked =
                    paradigm == Paradigm.ERP
                            ? new EvokedPotentials(EegSimulator.this::spread, snr, rate, random)
                            : null;
        }
    }

    /** Weight of a source in each channel: a Gaussian of the distance. */
    private double[] spread(Position place, double width, double sign) {
        return electrodes.stream()
                .mapToDouble(electrode -> electrode.distance(place) / width)
                .map(d -> sign * Math.exp(-d * d / 2))
                .toArray();
    }

    private Recording record(int subject, int run, Head head, Random random) {
        List<Event> events = new ArrayList<>();
        double onset = FIRST_CUE;
        for (String label : trials(random)) {
            // On a sample, so that epochs are cut without rounding
            double cue = Math.rint(onset * rate) / rate;
            if (paradigm == Paradigm.ERP) {
                events.add(new Event(cue, STIMULUS, label));
                onset += STIMULI_APART + 0.2 * random.nextDouble();
            } else {
                events.add(new Event(cue, IMAGERY, label));
                onset += TRIAL + random.nextDouble();
            }
        }
        int n = (int) Math.ceil((onset + 1) * rate);
        float[][] samples = new float[channels.size()][n];
        for (double[] source : head.background) {
            mix(samples, source, noise.pink(n, 5, random));
        }
        mix(samples, head.alpha, noise.rhythm(n, head.alphaHz, 6, random));
        boolean imagery = paradigm == Paradigm.IMAGERY;
        double[][] strength = strengths(n, imagery ? events : List.of(), head, random);
        for (int a = 0; a < AREAS.size(); a++) {
            double[] mu = noise.rhythm(n, head.muHz, snr * head.muStrength[a], random);
            double[] beta = noise.rhythm(n, head.betaHz, snr * head.betaStrength[a], random);
            for (int t = 0; t < n; t++) {
                mu[t] = (mu[t] + beta[t]) * strength[a][t];
            }
            mix(samples, head.areas[a], mu);
        }
        if (!imagery) {
            events.forEach(
                    event ->
                            head.evoked.add(
                                    samples,
                                    event.onset(),
                                    event.label().equals(STIMULI.get(1)),
                                    random));
        }
        new RecordingNoise(rate, electrodes).addTo(samples, random);
        String name = String.format(Locale.ROOT, "simulated-S%03dR%02d", subject, run);
        String description =
                String.format(
                        Locale.ROOT,
                        "Simulated EEG, not recorded from a person (seed %d, subject %d, run %d)",
                        seed,
                        subject,
                        run);
        return new Recording(name, description, rate, channels, "uV", samples, events);
    }

    /** Labels of the trials of a run. */
    private List<String> trials(Random random) {
        List<String> labels = new ArrayList<>();
        if (paradigm == Paradigm.ERP) {
            int standards = (int) Math.rint(STANDARDS * epochsPerClass);
            labels.addAll(Collections.nCopies(standards, STIMULI.get(0)));
            labels.addAll(Collections.nCopies(epochsPerClass, STIMULI.get(1)));
        } else {
            for (int i = 0; i < classes * epochsPerClass; i++) {
                labels.add(CLASSES.get(i % classes));
            }
        }
        Collections.shuffle(labels, random);
        return labels;
    }

    /** Factor on the rhythms of each area over time: 1, less while a movement is imagined. */
    private double[][] strengths(int n, List<Event> events, Head head, Random random) {
        double[][] strength = new double[AREAS.size()][n];
        for (double[] area : strength) {
            Arrays.fill(area, 1);
        }
        for (Event event : events) {
            double[] attenuated = ATTENUATION[CLASSES.indexOf(event.label())];
            double depth = head.attenuation + 0.2 * random.nextGaussian();
            depth = Math.max(0, Math.min(0.95, depth));
            double latency = 0.4 + 0.1 * random.nextDouble();
            int from = (int) ((event.onset() + latency) * rate);
            int to = (int) ((event.onset() + IMAGERY + 0.5) * rate);
            for (int t = from; t < Math.min(n, to); t++) {
                double rise = Math.min(1, (t - from) / (0.3 * rate));
                double fall = Math.min(1, (to - t) / (0.5 * rate));
                for (int a = 0; a < strength.length; a++) {
                    strength[a][t] -= attenuated[a] * depth * Math.min(rise, fall);
                }
            }
        }
        return strength;
    }

    private static void mix(float[][] samples, double[] weights, double[] source) {
        for (int c = 0; c < samples.length; c++) {
            float weight = (float) weights[c];
            for (int t = 0; t < source.length; t++) {
                samples[c][t] += weight * (float) source[t];
            }
        }
    }

    /** Settings of a simulation. */
    public static final class Builder {
        private List<String> channels = MOTOR_CHANNELS;
        private double rate = 128;
        private Paradigm paradigm = Paradigm.IMAGERY;
        private int classes;
        private Integer epochsPerClass;
        private int runs = 6;
        private int subjects = 1;
        private double snr = 1;
        private long seed = 42;

        private Builder() {}

        /**
         * @param names of the 10-10 system
         * @return this
         */
        public Builder channels(List<String> names) {
            channels = names;
            return this;
        }

        /**
         * @param hz sampling rate, at least 60
         * @return this
         */
        public Builder rate(double hz) {
            rate = hz;
            return this;
        }

        /**
         * @param value what subjects do; imagery is the default
         * @return this
         */
        public Builder paradigm(Paradigm value) {
            paradigm = value;
            return this;
        }

        /**
         * @param count 2 (hands) or 4 (hands, feet, tongue); 2 for event-related potentials
         * @return this
         */
        public Builder classes(int count) {
            classes = count;
            return this;
        }

        /**
         * @param count trials of each class in each run; for event-related potentials the number of
         *     targets, to which 5.25 times as many standards are added
         * @return this
         */
        public Builder epochsPerClass(int count) {
            epochsPerClass = count;
            return this;
        }

        /**
         * @param count runs of each subject
         * @return this
         */
        public Builder runs(int count) {
            runs = count;
            return this;
        }

        /**
         * @param count subjects
         * @return this
         */
        public Builder subjects(int count) {
            subjects = count;
            return this;
        }

        /**
         * @param factor on the amplitude of the rhythms or potentials that distinguish the classes:
         *     0 leaves nothing to learn, 1 is the default
         * @return this
         */
        public Builder snr(double factor) {
            snr = factor;
            return this;
        }

        /**
         * @param value equal seeds give equal samples
         * @return this
         */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /**
         * @return the simulator
         * @throws DataException if a setting is not allowed
         */
        public EegSimulator build() {
            return new EegSimulator(this);
        }
    }
}
