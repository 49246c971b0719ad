package org.lamina.zoo.data.brainvision;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes small BrainVision recordings, right ones and, on purpose, wrong ones. */
public final class BrainVisionWriter {
    private final String format;
    private final boolean vectorized;
    private final List<String> common = new ArrayList<>();
    private final List<String> channels = new ArrayList<>();
    private final List<String> markers = new ArrayList<>();
    private final double[][] stored;
    private Charset charset = StandardCharsets.UTF_8;
    private String codepage = "UTF-8";
    private String dataFile;
    private String markerFile;

    /**
     * @param stored values by channel and sample
     */
    public BrainVisionWriter(String format, boolean vectorized, double[][] stored) {
        this.format = format;
        this.vectorized = vectorized;
        this.stored = stored;
    }

    /** The rest of an entry behind its name: {@code name,reference,resolution,unit}. */
    public BrainVisionWriter channel(String entry) {
        channels.add(entry);
        return this;
    }

    /** {@code type,description,position,points,channel}. */
    public BrainVisionWriter marker(String entry) {
        markers.add(entry);
        return this;
    }

    /** A line of the common section; replaces one with that key. */
    public BrainVisionWriter with(String line) {
        common.add(line);
        return this;
    }

    public BrainVisionWriter text(Charset encoding, String named) {
        charset = encoding;
        codepage = named;
        return this;
    }

    public BrainVisionWriter files(String data, String marker) {
        dataFile = data;
        markerFile = marker;
        return this;
    }

    public String header(String base) {
        List<String> lines = new ArrayList<>();
        if (codepage != null) {
            lines.add("Codepage=" + codepage);
        }
        lines.add("DataFile=" + (dataFile == null ? base + ".eeg" : dataFile));
        lines.add("MarkerFile=" + (markerFile == null ? base + ".vmrk" : markerFile));
        lines.add("DataFormat=BINARY");
        lines.add("; Data orientation: MULTIPLEXED=ch1,pt1, ch2,pt1 ...");
        lines.add("DataOrientation=" + (vectorized ? "VECTORIZED" : "MULTIPLEXED"));
        lines.add("NumberOfChannels=" + stored.length);
        lines.add("SamplingInterval=4000");
        lines.add("DataPoints=" + stored[0].length);
        for (String line : common) {
            String key = line.substring(0, line.indexOf('=') + 1);
            lines.removeIf(l -> l.startsWith(key));
            if (!line.equals(key)) {
                lines.add(line);
            }
        }
        StringBuilder text =
                new StringBuilder("Brain Vision Data Exchange Header File Version 1.0\r\n");
        text.append("; written by a test\r\n\r\n[Common Infos]\r\n");
        lines.forEach(line -> text.append(line).append("\r\n"));
        text.append("\r\n[Binary Infos]\r\nBinaryFormat=").append(format);
        text.append("\r\n\r\n[Channel Infos]\r\n");
        for (int i = 0; i < channels.size(); i++) {
            text.append("Ch").append(i + 1).append('=').append(channels.get(i)).append("\r\n");
        }
        return text.append("\r\n[Comment]\r\n\r\nImpedance [kOhm] at 10:00\r\n").toString();
    }

    public String markers(String base) {
        StringBuilder text =
                new StringBuilder("Brain Vision Data Exchange Marker File, Version 1.0\r\n");
        text.append("\r\n[Common Infos]\r\n");
        text.append(codepage == null ? "" : "Codepage=" + codepage + "\r\n");
        text.append("DataFile=").append(base).append(".eeg\r\n\r\n[Marker Infos]\r\n");
        for (int i = 0; i < markers.size(); i++) {
            text.append("Mk").append(i + 1).append('=').append(markers.get(i)).append("\r\n");
        }
        return text.toString();
    }

    public byte[] data() {
        int width = format.endsWith("16") ? 2 : 4;
        int samples = stored[0].length;
        ByteBuffer out = ByteBuffer.allocate(stored.length * samples * width);
        out.order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < stored.length * samples; i++) {
            int channel = vectorized ? i / samples : i % stored.length;
            double value = stored[channel][vectorized ? i % samples : i / stored.length];
            switch (format) {
                case "INT_16", "UINT_16" -> out.putShort((short) (int) value);
                case "INT_32" -> out.putInt((int) value);
                default -> out.putFloat((float) value);
            }
        }
        return out.array();
    }

    /** All three files; gives the header. */
    public Path write(Path folder, String base) throws IOException {
        Files.write(folder.resolve(base + ".eeg"), data());
        Files.writeString(folder.resolve(base + ".vmrk"), markers(base), charset);
        return Files.writeString(folder.resolve(base + ".vhdr"), header(base), charset);
    }
}
