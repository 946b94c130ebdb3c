package io.reclaimer.console;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Keys read from a file of accesses: gzip, one decimal number a line, in order. Given over and over: after the last one
 * comes the first again. Held in memory, 8 bytes a key. Not thread-safe.
 */
final class TraceFile implements KeySource {

    /** 64 MB of them. */
    static final int MOST_KEYS = 8_000_000;

    private final Path file;
    private final long[] keys;
    private int position;

    private TraceFile(Path file, long[] keys) {
        this.file = file;
        this.keys = keys;
    }

    /**
     * Reads all of a file.
     *
     * @throws IllegalArgumentException names the file, and the line where there is one to blame
     */
    static TraceFile read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw broken(file, "there is no such file");
        }
        long[] keys = new long[1024];
        int count = 0;
        try (InputStream stream = Files.newInputStream(file);
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(stream), StandardCharsets.US_ASCII))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (count == MOST_KEYS) {
                    throw broken(file, "it has more than " + MOST_KEYS + " lines");
                }
                if (count == keys.length) {
                    keys = Arrays.copyOf(keys, Math.min(2 * count, MOST_KEYS));
                }
                keys[count++] = key(file, count, line);
            }
        } catch (ZipException e) {
            throw broken(file, "it is no gzip file, or a damaged one");
        } catch (EOFException e) {
            throw broken(file, "it is no gzip file, or ends too early");
        } catch (IOException e) {
            throw broken(file, "it can't be read: " + e.getMessage());
        }
        if (count == 0) {
            throw broken(file, "it has no line");
        }
        return new TraceFile(file, Arrays.copyOf(keys, count));
    }

    @Override
    public long next() {
        long key = keys[position];
        position = position + 1 == keys.length ? 0 : position + 1;
        return key;
    }

    @Override
    public String toString() {
        return keys.length + " keys of " + file + ", over and over";
    }

    private static long key(Path file, int lineNumber, String line) {
        try {
            return Long.parseLong(line);
        } catch (NumberFormatException e) {
            String shown = line.length() <= 40 ? line : line.substring(0, 40) + "...";
            throw broken(file, "line " + lineNumber + " is [" + shown + "]");
        }
    }

    private static IllegalArgumentException broken(Path file, String reason) {
        return new IllegalArgumentException(
                "trace file [" + file + "]: " + reason + "; allowed is gzip, one decimal number a line");
    }
}
