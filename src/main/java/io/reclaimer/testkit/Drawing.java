package io.reclaimer.testkit;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * How choices are drawn where they are not given.
 *
 * <p>In one of two ways, and in both each task has a number of its own, drawn when it is first seen. <em>By weight</em>: now
 * and then who runs is stopped, and another one goes on, the sooner the higher its number: so some tasks are slow, and come
 * when others have done much. This finds what needs many changes close to each other. <em>By rank</em>: the highest goes
 * on, until it falls behind all others at a step that is drawn. This finds what needs one to be stopped for long
 * (Burckhardt et al., A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, 2010).
 */
final class Drawing {

    /** How many steps pass between two stops, at most, on average: from hardly any stop to a stop at each other step. */
    private static final int[] STRIDES = {2, 6, 20, 60, 200};

    /** At how many steps on average the highest falls behind. */
    private static final int STEPS_TO_FALL = 150;

    /** Of how many ends of tasks one is a timer's turn. */
    private static final int TASKS_A_TIMER = 12;

    /** By how much a task may be slower than another one: 4 to the power of what is below this. */
    private static final int WEIGHTS = 4;

    /** Of how many tasks one has another number when it is seen again. */
    private static final int TASKS_A_NUMBER = 3;

    private final Choices choices;
    private final boolean byRank;
    private final boolean isOn;
    private final int stride;

    /** Ranks or weights. */
    private final Map<Object, Integer> numbers = new IdentityHashMap<>();

    private int lowest;
    private int stepsLeft;

    Drawing(Choices choices, boolean byRank) {
        this.choices = choices;
        this.byRank = byRank;
        this.isOn = !choices.isGiven() || choices.hasGiven();
        this.stride = byRank ? STEPS_TO_FALL : STRIDES[random().nextInt(STRIDES.length)];
        this.stepsLeft = distance();
    }

    /** Whether there is anything to choose at all. */
    boolean isOn() {
        return isOn;
    }

    private SplittableRandom random() {
        return choices.random();
    }

    private int distance() {
        return 1 + random().nextInt(2 * stride);
    }

    /** Whether who runs goes on (0), or one of the others. */
    int atStep(Runnable running, int candidates, IntFunction<Runnable> tasks) {
        if (choices.isGiven()) {
            return choices.given(1 + candidates);
        }
        boolean due = --stepsLeft < 0;
        if (due) {
            stepsLeft = distance();
        }
        if (!byRank) {
            return choices.made(due ? 1 + byWeight(candidates, tasks) : 0);
        }
        if (due) {
            numbers.put(running, --lowest);
        }
        int highest = highest(candidates, tasks);
        return choices.made(number(tasks.apply(highest)) > number(running) ? 1 + highest : 0);
    }

    /** Which one begins or goes on; the timer's is the last. */
    int atEnd(int candidates, boolean timer, IntFunction<Runnable> tasks) {
        if (choices.isGiven()) {
            return choices.given(candidates + (timer ? 1 : 0));
        }
        if (timer && random().nextInt(TASKS_A_TIMER) == 0) {
            return choices.made(candidates);
        }
        int choice = byRank ? highest(candidates, tasks) : byWeight(candidates, tasks);
        if (random().nextInt(TASKS_A_NUMBER) == 0) {
            numbers.remove(tasks.apply(choice));
        }
        return choices.made(choice);
    }

    private int byWeight(int candidates, IntFunction<Runnable> tasks) {
        int sum = 0;
        for (int i = 0; i < candidates; i++) {
            sum += number(tasks.apply(i));
        }
        int left = random().nextInt(sum);
        int choice = 0;
        while (left >= number(tasks.apply(choice))) {
            left -= number(tasks.apply(choice));
            choice++;
        }
        return choice;
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
