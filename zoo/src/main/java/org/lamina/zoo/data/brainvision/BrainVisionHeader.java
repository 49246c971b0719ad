package org.lamina.zoo.data.brainvision;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.reader.ChannelInfo;
import org.lamina.zoo.data.reader.SampleType;
import org.lamina.zoo.data.reader.StimulusChannel;
import org.lamina.zoo.data.reader.Voltage;

/**
 * A header file ({@code .vhdr}, versions 1 and 2 of the <a
 * href="https://www.brainproducts.com/support-resources/brainvision-core-data-format-1-0/">
 * BrainVision Core Data Format</a>).
 *
 * @param dataFile name of the file of samples
 * @param markerFile name of the file of markers; null if there is none
 * @param vectorized whether all samples of a channel are contiguous; otherwise, all channels of a
 *     sample are
 * @param type of a stored value
 * @param samplingRate in Hz
 * @param dataPoints samples of each channel, -1 if not given
 * @param segmentPoints samples of a segment; 0 if the recording has no segments of equal length
 * @param channels the channels
 */
record BrainVisionHeader(
        String dataFile,
        String markerFile,
        boolean vectorized,
        SampleType type,
        double samplingRate,
        long dataPoints,
        int segmentPoints,
        List<Channel> channels) {

    private static final int MOST_CHANNELS = 100_000;

    /**
     * @param resolution units per digital step
     */
    record Channel(String name, double resolution, String unit, String fault) {
        ChannelInfo info(double samplingRate) {
            return new ChannelInfo(name, unit, samplingRate, StimulusChannel.is(name, unit), fault);
        }
    }

    static BrainVisionHeader parse(String file, byte[] bytes) {
        InfoFile info = InfoFile.parse(file, bytes);
        check(info, "DataFormat", "BINARY", "BINARY");
        check(info, "DataType", "TIMEDOMAIN", "TIMEDOMAIN");
        String orientation = check(info, "DataOrientation", null, "MULTIPLEXED", "VECTORIZED");
        int count = whole(info, "NumberOfChannels", 1, MOST_CHANNELS);
        double interval = info.number("SamplingInterval");
        if (!(interval > 0)) {
            throw new DataException("%s: SamplingInterval=%s us must be above 0", file, interval);
        }
        boolean segmented =
                info.common("SegmentationType") != null
                        && !info.common("SegmentationType").equalsIgnoreCase("NOTSEGMENTED");
        return new BrainVisionHeader(
                fileName(info, "DataFile"),
                info.common("MarkerFile") == null ? null : fileName(info, "MarkerFile"),
                orientation.equals("VECTORIZED"),
                type(info),
                1e6 / interval,
                info.common("DataPoints") == null
                        ? -1
                        : whole(info, "DataPoints", 0, Integer.MAX_VALUE),
                segmented && info.common("SegmentDataPoints") != null
                        ? whole(info, "SegmentDataPoints", 0, Integer.MAX_VALUE)
                        : 0,
                channels(info, count));
    }

    /** A text that must have one of the allowed values. */
    private static String check(InfoFile info, String key, String usual, String... allowed) {
        String value = info.common(key) == null ? usual : info.common(key);
        for (String one : allowed) {
            if (one.equalsIgnoreCase(value)) {
                return one;
            }
        }
        throw new DataException(
                "%s: %s=%s; %s can be read",
                info.name(), key, value, String.join(" and ", allowed));
    }

    private static int whole(InfoFile info, String key, int least, int most) {
        double number = info.number(key);
        if (number != Math.rint(number) || number < least || number > most) {
            throw new DataException(
                    "%s: %s=%s must be a whole number from %d to %d",
                    info.name(), key, info.common(key), least, most);
        }
        return (int) number;
    }

    private static SampleType type(InfoFile info) {
        Map<String, String> binary = info.section("Binary Infos");
        if (binary.getOrDefault("usebigendianorder", "NO").equalsIgnoreCase("YES")) {
            throw new DataException(
                    "%s: UseBigEndianOrder=YES; only little-endian samples can be read",
                    info.name());
        }
        String format = binary.getOrDefault("binaryformat", "");
        return switch (format.toUpperCase(Locale.ROOT)) {
            case "INT_16" -> SampleType.INT16;
            case "UINT_16" -> SampleType.UINT16;
            case "INT_32" -> SampleType.INT32;
            case "IEEE_FLOAT_32" -> SampleType.FLOAT32;
            default ->
                    throw new DataException(
                            "%s: BinaryFormat=%s; INT_16, UINT_16, INT_32 and IEEE_FLOAT_32 can be"
                                    + " read",
                            info.name(), format);
        };
    }

    /** The name of a file in the same folder; {@code $b} stands for the base name of the header. */
    private static String fileName(InfoFile info, String key) {
        String name = info.common(key);
        if (name == null) {
            throw new DataException("%s: no '%s' in [Common Infos]", info.name(), key);
        }
        String base = info.name().replaceFirst("\\.[^.]*$", "");
        String file = name.replace("$b", base);
        if (file.matches(".*[/\\\\:\\p{Cntrl}].*") || file.equals("..") || file.equals(".")) {
            throw new DataException(
                    "%s: %s=%s must be the name of a file in the same folder",
                    info.name(), key, name);
        }
        return file;
    }

    private static List<Channel> channels(InfoFile info, int count) {
        Map<String, String> entries = info.section("Channel Infos");
        if (entries.size() != count) {
            throw new DataException(
                    "%s: NumberOfChannels=%d, but [Channel Infos] has %d",
                    info.name(), count, entries.size());
        }
        List<Channel> channels = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            String entry = entries.get("ch" + i);
            if (entry == null) {
                throw new DataException("%s: no 'Ch%s' in [Channel Infos]", info.name(), i);
            }
            // Name, reference, resolution, unit
            String[] parts = entry.split(",", -1);
            String name = InfoFile.unescaped(parts[0]);
            String unit = parts.length > 3 && !parts[3].isBlank() ? parts[3].strip() : "uV";
            double resolution =
                    parts.length > 2 && !parts[2].isBlank()
                            ? info.parse("Ch" + i, parts[2].strip())
                            : 1;
            double widest = resolution * 0x1p32 * Math.max(1, Voltage.microvolts(unit));
            String fault =
                    resolution != 0 && Math.abs(widest) <= Float.MAX_VALUE
                            ? null
                            : String.format(
                                    "%s: Ch%d '%s': resolution %s is not a valid scale",
                                    info.name(), i, name, parts[2]);
            channels.add(new Channel(name, resolution, unit, fault));
        }
        return channels;
    }
}
