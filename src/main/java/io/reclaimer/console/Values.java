package io.reclaimer.console;

/** The values of the caches: real byte arrays, whose size depends on the key alone. */
final class Values {

    /** The smallest value, in bytes; the largest is 16 times that. */
    static final int SMALLEST = 512;

    private static final int DOUBLINGS = 4;

    /** The average size over all keys, in bytes: sizes are spread evenly on a scale of doublings. */
    static final long MEAN_BYTES = Math.round(SMALLEST * ((1 << DOUBLINGS) - 1) / (DOUBLINGS * Math.log(2)));

    private Values() {}

    /** What belongs to {@code key}, as if it had been loaded from somewhere. */
    static byte[] load(long key) {
        return new byte[sizeOf(key)];
    }

    static int sizeOf(long key) {
        double uniform = (mixed(key) >>> 11) * 0x1.0p-53;
        return (int) (SMALLEST * Math.pow(2, DOUBLINGS * uniform));
    }

    /** Neighbouring keys get sizes that have nothing to do with each other; the mixer of the JDK's SplittableRandom. */
    private static long mixed(long key) {
        long z = key + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
