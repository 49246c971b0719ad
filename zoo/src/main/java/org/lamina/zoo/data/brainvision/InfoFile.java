package org.lamina.zoo.data.brainvision;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lamina.zoo.data.DataException;

/**
 * A header or marker file: a first line that names the format, then sections with entries {@code
 * key=value}. Names of sections and keys are not case-sensitive.
 *
 * @param name of the file, for errors
 * @param sections entries by key by section
 */
record InfoFile(String name, Map<String, Map<String, String>> sections) {
    private static final Pattern FIRST_LINE =
            Pattern.compile("Brain ?Vision( Core| V-Amp)? Data( Exchange)? (Header|Marker) File.*");

    private static final Pattern CODEPAGE = Pattern.compile("(?im)^Codepage=(\\S+)");
    private static final Pattern SECTION = Pattern.compile("\\[(.+)]");

    /** Free text follows. */
    private static final String COMMENT = "comment";

    static InfoFile parse(String name, byte[] bytes) {
        String[] lines = decode(bytes).split("\r\n|\n|\r");
        if (!FIRST_LINE.matcher(lines[0].strip()).matches()) {
            throw new DataException(
                    "%s: not a BrainVision file (its first line is '%s')",
                    name, lines[0].substring(0, Math.min(80, lines[0].length())));
        }
        Map<String, Map<String, String>> sections = new HashMap<>();
        Map<String, String> section = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            String line = lines[i].strip();
            Matcher begin = SECTION.matcher(line);
            int sign = line.indexOf('=');
            if (begin.matches()) {
                String title = begin.group(1).strip().toLowerCase(Locale.ROOT);
                if (title.equals(COMMENT)) {
                    break;
                }
                section = sections.computeIfAbsent(title, t -> new LinkedHashMap<>());
            } else if (!line.startsWith(";") && sign > 0) {
                String key = line.substring(0, sign).strip().toLowerCase(Locale.ROOT);
                if (section.put(key, line.substring(sign + 1).strip()) != null) {
                    throw new DataException("%s line %d: '%s' is defined twice", name, i + 1, key);
                }
            } else if (!line.isEmpty() && !line.startsWith(";")) {
                throw new DataException(
                        "%s line %d: '%s' is neither a section nor key=value", name, i + 1, line);
            }
        }
        return new InfoFile(name, sections);
    }

    /**
     * Decodes by the code page that the file names; old files name none and use that of Windows.
     */
    private static String decode(byte[] bytes) {
        Matcher named = CODEPAGE.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        Charset windows = Charset.forName("windows-1252");
        Charset charset = StandardCharsets.UTF_8;
        if (named.find()) {
            try {
                charset =
                        named.group(1).equalsIgnoreCase("ANSI")
                                ? windows
                                : Charset.forName(named.group(1));
            } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
                charset = StandardCharsets.UTF_8;
            }
        }
        String text;
        try {
            text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            text = new String(bytes, windows);
        }
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    /** Entries of a section; empty if it does not exist. */
    Map<String, String> section(String title) {
        return sections.getOrDefault(title.toLowerCase(Locale.ROOT), Map.of());
    }

    /** An entry of the common section; null if it is missing or empty. */
    String common(String key) {
        String value = section("Common Infos").get(key.toLowerCase(Locale.ROOT));
        return value == null || value.isEmpty() ? null : value;
    }

    /** A number of the common section. */
    double number(String key) {
        String value = common(key);
        if (value == null) {
            throw new DataException("%s: no '%s' in [Common Infos]", name, key);
        }
        return parse(key, value);
    }

    double parse(String key, String value) {
        try {
            double number = Double.parseDouble(value);
            if (Double.isFinite(number) && !Character.isLetter(value.charAt(value.length() - 1))) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below
        }
        throw new DataException("%s: %s=%s is not a number", name, key, value);
    }

    /** Replaces {@code \1}, which stands for a comma within a text. */
    static String unescaped(String text) {
        return text.replace("\\1", ",");
    }
}
