package io.reclaimer.cluster;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/**
 * Splits a target over members as the engine splits it over shrinkers. Objects throughout; all sums saturate.
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

    private Split() {}

    /**
     * The parts.
     *
     * @param target objects, at least 1
     * @param planned for each member, by priority, what one pass would free
     * @param left for each member, what it can free in all
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
                sum = add(sum, shares[i]);
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

    /** Whole numbers in the proportion of the weights, none above its weight; their sum is the total, or that of the weights. */
    static long[] proportional(long total, long[] weights) {
        BigInteger sum = Arrays.stream(weights).mapToObj(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
        if (sum.compareTo(BigInteger.valueOf(total)) <= 0) {
            return weights.clone();
        }
        long[] parts = new long[weights.length];
        BigInteger[] remainders = new BigInteger[weights.length];
        long given = 0;
        for (int i = 0; i < weights.length; i++) {
            BigInteger[] quotient = BigInteger.valueOf(total)
                    .multiply(BigInteger.valueOf(weights[i]))
                    .divideAndRemainder(sum);
            parts[i] = quotient[0].longValueExact();
            remainders[i] = quotient[1];
            given += parts[i];
        }
        // What rounding down has left, one each to the largest remainders: fewer than there are remainders.
        int[] order = orderBy(remainders);
        for (int i = 0; i < order.length && given < total; i++) {
            parts[order[i]]++;
            given++;
        }
        return parts;
    }

    private static int[] orderBy(BigInteger[] remainders) {
        Integer[] order = new Integer[remainders.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> remainders[b].compareTo(remainders[a]));
        return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
    }

    /** The same sum in parts of a quantum or more, but for the last one, and where a member's most is less. */
    private static long[] diffuse(long[] shares, long[] most, long start) {
        int members = shares.length;
        long[] parts = new long[members];
        long carried = 0;
        int first = members == 0 ? 0 : (int) Math.floorMod(start, (long) members);
        for (int n = 0; n < members; n++) {
            int i = (first + n) % members;
            carried = add(carried, shares[i]);
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
