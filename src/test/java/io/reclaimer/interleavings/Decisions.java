package io.reclaimer.interleavings;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The decisions of one run of a {@link Schedule}: drawn from a seed, or replayed from an earlier run. Confined to the thread
 * that runs.
 *
 * <p>A decision is a number. 0 is the undisturbed order: the running task goes on, and the first to come is the first to
 * run. A replay that has used up its recorded decisions goes on with 0, so any prefix of a run can be replayed.
 */
public final class Decisions {

    private static final int[] NONE = {};

    private final SplittableRandom random;
    private final boolean isReplay;
    private final int[] recorded;
    private int[] taken = new int[512];
    private int size;

    private Decisions(long seed, boolean isReplay, int[] recorded) {
        this.random = new SplittableRandom(seed);
        this.isReplay = isReplay;
        this.recorded = recorded;
    }

    /** Decisions that are drawn from a seed. */
    public static Decisions ofSeed(long seed) {
        return new Decisions(seed, false, NONE);
    }

    /** The decisions of an earlier run, from {@link #taken}. */
    public static Decisions replay(int... taken) {
        return new Decisions(0, true, taken.clone());
    }

    /** Decisions that are all 0. */
    public static Decisions inOrder() {
        return new Decisions(0, true, NONE);
    }

    boolean isReplay() {
        return isReplay;
    }

    /** Whether recorded decisions of an earlier run are left. */
    boolean hasRecorded() {
        return size < recorded.length;
    }

    /** The source of randomness of the {@link DecisionStrategy}. */
    SplittableRandom random() {
        return random;
    }

    /**
     * Takes the next recorded decision.
     *
     * @param bound how many candidates there are; where the earlier run had more, the last one is taken
     */
    int replayNext(int bound) {
        return take(size < recorded.length ? Math.min(recorded[size], bound - 1) : 0);
    }

    /** Notes a decision, and returns it. */
    int take(int decision) {
        if (size == taken.length) {
            taken = Arrays.copyOf(taken, 2 * size);
        }
        taken[size++] = decision;
        return decision;
    }

    /** All decisions so far; a {@link #replay} of them is the same run. */
    public int[] taken() {
        return Arrays.copyOf(taken, size);
    }
}
