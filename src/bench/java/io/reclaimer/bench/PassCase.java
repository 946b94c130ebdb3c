package io.reclaimer.bench;

import io.reclaimer.shrinker.Shrinker;
import java.util.stream.IntStream;

/**
 * What a pass is measured on.
 *
 * @param cgroups how many are online, all below the root
 * @param nodes how many memories
 * @param shrinkers how many, all cgroup aware and NUMA aware
 * @param dirty how many cgroups have something to free, spread evenly
 * @param bits in how many shrinkers each of these has, on each node, spread evenly
 */
record PassCase(int cgroups, int nodes, int shrinkers, int dirty, int bits) {

    /** The priority of all passes: a visit of 1,024 objects frees 512 in four scans. */
    static final int PRIORITY = 2;

    PassCase {
        if (cgroups < 1 || nodes < 1 || shrinkers < 1) {
            throw new IllegalArgumentException("[" + cgroups + "] cgroups, [" + nodes + "] nodes and [" + shrinkers
                    + "] shrinkers: each must be 1 or more");
        }
        if (dirty < 0 || dirty > cgroups || bits < 0 || bits > shrinkers) {
            throw new IllegalArgumentException("[" + dirty + "] dirty cgroups must be 0 to [" + cgroups + "], [" + bits
                    + "] bits 0 to [" + shrinkers + "]");
        }
    }

    /** From {@code "CGROUPS NODES SHRINKERS DIRTY BITS"}. */
    static PassCase of(String text) {
        String[] words = text.trim().split("\\s+");
        if (words.length != 5) {
            throw new IllegalArgumentException(
                    "[" + text + "] is no case; allowed is CGROUPS NODES SHRINKERS DIRTY BITS");
        }
        int[] n = IntStream.range(0, 5).map(i -> number(words[i])).toArray();
        return new PassCase(n[0], n[1], n[2], n[3], n[4]);
    }

    static int number(String word) {
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("[" + word + "] is no whole number", e);
        }
    }

    /** Visits in one pass that find something. */
    long visits() {
        return (long) dirty * nodes * bits;
    }

    /** Objects freed by one pass. */
    long freed() {
        return visits() * (EightShrinkers.OBJECTS >> PRIORITY) * 4 / 2;
    }

    boolean isDirty(int cgroup) {
        return dirty > 0 && dirtyBefore(cgroup + 1) > dirtyBefore(cgroup);
    }

    private long dirtyBefore(int cgroup) {
        return (long) cgroup * dirty / cgroups;
    }

    /** The shrinker of that index; those that have something are of all eight classes in turn. */
    Shrinker shrinker(int index) {
        int every = bits == 0 ? shrinkers : shrinkers / bits;
        return EightShrinkers.get(index / every + index % every);
    }

    /** The shrinkers that have something in each dirty cgroup, ascending. */
    int[] dirtyShrinkers() {
        return IntStream.range(0, bits).map(bit -> bit * (shrinkers / bits)).toArray();
    }
}
