package io.reclaimer.interleavings;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * The scheduling strategy of one run: draws {@link Decisions} that are not replayed. Confined to the thread that runs.
 *
 * <p>Each task has a number, drawn when the task is first seen. There are two strategies:
 *
 * <ul>
 *   <li><em>By weight</em>: the running task is stopped at random steps, and a task is drawn with a probability that grows with
 *       its number. Tasks with a small number are slow. This finds faults that need several changes of thread close to each
 *       other.
 *   <li><em>By rank</em>: the task with the highest number runs until it falls behind all others, at a step that is drawn. This
 *       finds faults that need one task to be stopped for long (Burckhardt et al., A Randomized Scheduler with Probabilistic
 *       Guarantees of Finding Bugs, 2010).
 * </ul>
 */
final class DecisionStrategy {

    /** The mean number of steps between two stops, of which one is drawn for each run. */
    private static final int[] STRIDES = {2, 6, 20, 60, 200};

    /** The mean number of steps until the task of the highest rank falls behind. */
    private static final int STEPS_TO_FALL = 150;

    /** At the end of a task a timer is chosen with a probability of one in this number. */
    private static final int TASKS_A_TIMER = 12;

    /** Weights are 4 to the power of 0 up to this number, exclusive. */
    private static final int WEIGHTS = 4;

    /** A task that is chosen is given a new number with a probability of one in this number. */
    private static final int TASKS_A_NUMBER = 3;

    private final Decisions decisions;
    private final boolean byRank;
    private final boolean isOn;
    private final int stride;

    /** Ranks or weights. */
    private final Map<Object, Integer> numbers = new IdentityHashMap<>();

    private int lowest;
    private int stepsLeft;

    DecisionStrategy(Decisions decisions, boolean byRank) {
        this.decisions = decisions;
        this.byRank = byRank;
        this.isOn = !decisions.isReplay() || decisions.hasRecorded();
        this.stride = byRank ? STEPS_TO_FALL : STRIDES[random().nextInt(STRIDES.length)];
        this.stepsLeft = distance();
    }

    /** Whether any decision can differ from 0. */
    boolean isOn() {
        return isOn;
    }

    private SplittableRandom random() {
        return decisions.random();
    }

    private int distance() {
        return 1 + random().nextInt(2 * stride);
    }

    /**
     * Decides at a step whether the running task goes on.
     *
     * @return 0 where it goes on; otherwise one more than the index of the candidate that runs instead
     */
    int atStep(Runnable running, int candidates, IntFunction<Runnable> tasks) {
        if (decisions.isReplay()) {
            return decisions.replayNext(1 + candidates);
        }
        boolean due = --stepsLeft < 0;
        if (due) {
            stepsLeft = distance();
        }
        if (!byRank) {
            return decisions.take(due ? 1 + byWeight(candidates, tasks) : 0);
        }
        if (due) {
            numbers.put(running, --lowest);
        }
        int highest = highest(candidates, tasks);
        return decisions.take(number(tasks.apply(highest)) > number(running) ? 1 + highest : 0);
    }

    /**
     * Decides at the end of a task which one runs next.
     *
     * @param timer whether a timer is one more candidate
     * @return the index of a candidate, or {@code candidates} for the timer
     */
    int atEnd(int candidates, boolean timer, IntFunction<Runnable> tasks) {
        if (decisions.isReplay()) {
            return decisions.replayNext(candidates + (timer ? 1 : 0));
        }
        if (timer && random().nextInt(TASKS_A_TIMER) == 0) {
            return decisions.take(candidates);
        }
        int next = byRank ? highest(candidates, tasks) : byWeight(candidates, tasks);
        if (random().nextInt(TASKS_A_NUMBER) == 0) {
            numbers.remove(tasks.apply(next));
        }
        return decisions.take(next);
    }

    private int byWeight(int candidates, IntFunction<Runnable> tasks) {
        int sum = 0;
        for (int i = 0; i < candidates; i++) {
            sum += number(tasks.apply(i));
        }
        int remainder = random().nextInt(sum);
        int index = 0;
        while (remainder >= number(tasks.apply(index))) {
            remainder -= number(tasks.apply(index));
            index++;
        }
        return index;
    }

    private int highest(int candidates, IntFunction<Runnable> tasks) {
        int best = 0;
        for (int i = 1; i < candidates; i++) {
            if (number(tasks.apply(i)) > number(tasks.apply(best))) {
                best = i;
            }
        }
        return best;
    }

    private int number(Runnable task) {
        Integer known = numbers.get(task);
        if (known != null) {
            return known;
        }
        int drawn = byRank ? random().nextInt(Integer.MAX_VALUE) : 1 << (2 * random().nextInt(WEIGHTS));
        numbers.put(task, drawn);
        return drawn;
    }
}
