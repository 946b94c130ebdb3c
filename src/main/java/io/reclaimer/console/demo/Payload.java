package io.reclaimer.console.demo;

/** The cached values: byte arrays whose size depends on the key alone. */
final class Payload {

    static final int SMALLEST_BYTES = 512;

    /** The largest value is 2 to this power times the smallest. */
    private static final int DOUBLINGS = 4;

    /** The mean size over all keys. Sizes are uniform on a logarithmic scale. */
    static final long MEAN_BYTES = Math.round(SMALLEST_BYTES * ((1 << DOUBLINGS) - 1) / (DOUBLINGS * Math.log(2)));

    private Payload() {}

    /** Returns a new value for {@code key}, as a load from a data source would. */
    static byte[] load(long key) {
        return new byte[sizeOf(key)];
    }

    static int sizeOf(long key) {
        double uniform = (mixed(key) >>> 11) * 0x1.0p-53;
        return (int) (SMALLEST_BYTES * Math.pow(2, DOUBLINGS * uniform));
    }

    /** The mixer of the JDK's SplittableRandom, so that the sizes of neighbouring keys are uncorrelated. */
    private static long mixed(long key) {
        long z = key + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
