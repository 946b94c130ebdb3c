package io.reclaimer.cluster;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/**
 * Splits a target over members as the engine splits it over shrinkers. Objects throughout.
 *
 * <p>A round goes to lower and lower priorities until what its visits free is enough; what each shrinker has to give at that
 * priority is its share. So here: the highest priority is taken at which what all members' passes would free is enough, and
 * the target is split in the proportion of what each would free at it. Where even the last priority is not enough, each is
 * asked for all that its pass would free, and what is then missing is split over what is left.
 *
 * <p>A member frees by the batch. Parts smaller than that would free many times the target, so where shares are smaller, some
 * members get a part of a batch and others none, in the proportion of their shares, by carrying what is too small over to
 * the next member (error diffusion). At whom that begins is the caller's to vary.
 */
final class Split {

    /** The smallest part, but where a member has less: the usual batch of a scan. */
    static final long QUANTUM = 128;

    /**
     * What a member is taken to have where it says that it has more: no heap holds as many, and 100,000 members together
     * have a number of them that can be written.
     */
    static final long MOST_OBJECTS = 1L << 46;

    private Split() {}

    /**
     * The parts.
     *
     * @param target objects, at least 1
     * @param planned for each member, by priority, what one pass would free; more than is left counts as that
     * @param left for each member, what it can free in all, at most {@link #MOST_OBJECTS}
     * @param firstPriority the highest to look at
     * @param lastPriority the lowest, not above the first
     * @param start with which member to begin where not all get a part; any number
     * @return for each member 0 to what is left; their sum is the target, or all that is left where that is less
     */
    static long[] of(
            long target, List<List<Long>> planned, long[] left, int firstPriority, int lastPriority, long start) {
        long[] shares = new long[left.length];
        long sum = 0;
        for (int priority = firstPriority; priority >= lastPriority && sum < target; priority--) {
            sum = 0;
            for (int i = 0; i < left.length; i++) {
                shares[i] = Math.min(planned.get(i).get(priority), left[i]);
                sum += shares[i];
            }
        }
        if (sum >= target) {
            return diffuse(proportional(target, shares), shares, start);
        }
        long[] rest = new long[left.length];
        for (int i = 0; i < left.length; i++) {
            rest[i] = left[i] - shares[i];
        }
        long[] more = proportional(target - sum, rest);
        for (int i = 0; i < left.length; i++) {
            shares[i] += more[i];
        }
        return diffuse(shares, left, start);
    }

    /**
     * Whole numbers in the proportion of the weights, none above its weight, and none farther than 1 from its share; their
     * sum is the total, or that of the weights where that is less.
     */
    static long[] proportional(long total, long[] weights) {
        long sum = Arrays.stream(weights).sum();
        if (sum <= total) {
            return weights.clone();
        }
        long[] parts = new long[weights.length];
        long weight = 0;
        long given = 0;
        for (int i = 0; i < weights.length; i++) {
            // What all up to here have together is rounded, and so never off by more than 1.
            weight += weights[i];
            parts[i] = productOver(total, weight, sum) - given;
            given += parts[i];
        }
        return parts;
    }

    /** Exact also where the product is more than a number can hold, which takes ten times as long. */
    private static long productOver(long a, long b, long divisor) {
        if (Math.multiplyHigh(a, b) == 0 && a * b >= 0) {
            return a * b / divisor;
        }
        return BigInteger.valueOf(a)
                .multiply(BigInteger.valueOf(b))
                .divide(BigInteger.valueOf(divisor))
                .longValueExact();
    }

    /** The same sum in parts of a quantum or more, but for the last one, and where a member's most is less. */
    private static long[] diffuse(long[] shares, long[] most, long start) {
        int members = shares.length;
        long[] parts = new long[members];
        long carried = 0;
        int first = members == 0 ? 0 : (int) Math.floorMod(start, (long) members);
        for (int n = 0; n < members; n++) {
            int i = (first + n) % members;
            carried += shares[i];
            if (carried >= Math.min(QUANTUM, most[i])) {
                parts[i] = Math.min(carried, most[i]);
                carried -= parts[i];
            }
        }
        // What is carried beyond the last one is less than a quantum: to those who have a part, then to the others.
        for (boolean newParts : new boolean[] {false, true}) {
            for (int n = 0; n < members && carried > 0; n++) {
                int i = (first + n) % members;
                if (newParts || parts[i] > 0) {
                    long more = Math.min(carried, most[i] - parts[i]);
                    parts[i] += more;
                    carried -= more;
                }
            }
        }
        return parts;
    }

    static long add(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
