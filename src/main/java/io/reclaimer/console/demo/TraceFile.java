package io.reclaimer.console.demo;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.LongSupplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The keys of an access trace, repeated without end. The file is gzip with one decimal number a line. All keys are in
 * memory, 8 bytes each. Not thread-safe.
 */
public final class TraceFile implements LongSupplier {

    /** 64 MB. */
    static final int MAX_KEYS = 8_000_000;

    private final Path file;
    private final long[] keys;
    private int position;

    private TraceFile(Path file, long[] keys) {
        this.file = file;
        this.keys = keys;
    }

    /**
     * Reads a whole file.
     *
     * @throws IllegalArgumentException names the file, and the invalid line if there is one
     */
    public static TraceFile read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw broken(file, "there is no such file");
        }
        long[] keys = new long[1024];
        int count = 0;
        try (InputStream stream = Files.newInputStream(file);
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(stream), StandardCharsets.US_ASCII))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (count == MAX_KEYS) {
                    throw broken(file, "it has more than " + MAX_KEYS + " lines");
                }
                if (count == keys.length) {
                    keys = Arrays.copyOf(keys, Math.min(2 * count, MAX_KEYS));
                }
                keys[count++] = key(file, count, line);
            }
        } catch (ZipException e) {
            throw broken(file, "it is no gzip file, or it is damaged");
        } catch (EOFException e) {
            throw broken(file, "it is no gzip file, or it ends too early");
        } catch (IOException e) {
            throw broken(file, "it can't be read: " + e.getMessage());
        }
        if (count == 0) {
            throw broken(file, "it has no line");
        }
        return new TraceFile(file, Arrays.copyOf(keys, count));
    }

    @Override
    public long getAsLong() {
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
