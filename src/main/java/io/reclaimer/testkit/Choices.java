package io.reclaimer.testkit;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Which of several things happens next: drawn from a seed, or as in an earlier run. One thread at a time.
 *
 * <p>Each choice is a number; 0 is what happens where nobody interferes: who runs goes on, and who came first comes first.
 * Where the numbers of an earlier run end, all that follow are 0, so that any beginning of a run can be run again.
 */
public final class Choices {

    private static final int[] NONE = {};

    private final SplittableRandom random;
    private final boolean isGiven;
    private final int[] given;
    private int[] made = new int[512];
    private int size;

    private Choices(long seed, boolean isGiven, int[] given) {
        this.random = new SplittableRandom(seed);
        this.isGiven = isGiven;
        this.given = given;
    }

    /** Drawn from a seed. */
    public static Choices ofSeed(long seed) {
        return new Choices(seed, false, NONE);
    }

    /** As they were made before. */
    public static Choices again(int... made) {
        return new Choices(0, true, made.clone());
    }

    /** Where nobody interferes. */
    public static Choices inOrder() {
        return new Choices(0, true, NONE);
    }

    /** Whether they are those of an earlier run. */
    boolean isGiven() {
        return isGiven;
    }

    /** Whether any of an earlier run are left. */
    boolean hasGiven() {
        return size < given.length;
    }

    /** For who draws a choice. */
    SplittableRandom random() {
        return random;
    }

    /** The choice of the earlier run, among so many; an earlier run that had more to choose from chose the last. */
    int given(int bound) {
        return made(size < given.length ? Math.min(given[size], bound - 1) : 0);
    }

    /** Notes a choice that was drawn. */
    int made(int choice) {
        if (size == made.length) {
            made = Arrays.copyOf(made, 2 * size);
        }
        made[size++] = choice;
        return choice;
    }

    /** All choices so far: with {@link #again} they make the same run. */
    public int[] made() {
        return Arrays.copyOf(made, size);
    }
}
