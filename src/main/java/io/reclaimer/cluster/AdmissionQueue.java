package io.reclaimer.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A fair queue for the counts and parts that this member runs for rounds over the cluster: a fixed number of slots, and the
 * tasks that wait for one. Confined to its {@link MemberParts}; has no clock. Times are in nanoseconds from an arbitrary
 * start.
 *
 * <p>A free slot goes to the task with the fewest running tasks of the same cgroup and of the same requester; among equals,
 * to the one that has waited longest. One of every four slots is withheld from a cgroup that has the others. So neither a
 * tenant with many rounds and slow shrinkers nor a member that requests many rounds can hold all slots.
 */
final class AdmissionQueue {

    /**
     * The task of a round: one at a time.
     *
     * @param round the number of the round
     * @param cgroup the top of its subtree
     * @param requester the uid of the member that coordinates the round
     * @param latestNanos until when the task may wait
     */
    record Task(long round, String cgroup, long requester, long latestNanos) {}

    /** A quarter of the slots is withheld from a single cgroup. */
    private static final int WITHHELD_DIVISOR = 4;

    private final int slots;
    private final Map<Long, Task> running = new HashMap<>();

    /** By round, the oldest first. */
    private final Map<Long, Task> waiting = new LinkedHashMap<>();

    AdmissionQueue(int slots) {
        this.slots = slots;
    }

    int slots() {
        return slots;
    }

    /** Enqueues a task. {@link #next} gives it a slot. */
    void add(Task task) {
        waiting.put(task.round(), task);
    }

    /** Gives a slot to a waiting task; empty where no slot is free for any. */
    Optional<Task> next() {
        if (running.size() >= slots || waiting.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Integer> byCgroup = new HashMap<>();
        Map<Long, Integer> byRequester = new HashMap<>();
        for (Task task : running.values()) {
            byCgroup.merge(task.cgroup(), 1, Integer::sum);
            byRequester.merge(task.requester(), 1, Integer::sum);
        }
        int fewest = Integer.MAX_VALUE;
        Optional<Task> best = Optional.empty();
        for (Task task : waiting.values()) {
            int sameCgroup = byCgroup.getOrDefault(task.cgroup(), 0);
            int neighbours = sameCgroup + byRequester.getOrDefault(task.requester(), 0);
            if (sameCgroup < slots - slots / WITHHELD_DIVISOR && neighbours < fewest) {
                fewest = neighbours;
                best = Optional.of(task);
            }
        }
        best.ifPresent(task -> {
            waiting.remove(task.round());
            running.put(task.round(), task);
        });
        return best;
    }

    /** Frees the slot of a round. */
    void release(long round) {
        running.remove(round);
    }

    /** Removes a waiting task. Returns false where none waited. */
    boolean remove(long round) {
        return waiting.remove(round) != null;
    }

    /** Removes and returns the tasks that may not wait any longer. */
    List<Task> removeLate(long now) {
        List<Task> late = new ArrayList<>();
        waiting.values().removeIf(task -> now - task.latestNanos() >= 0 && late.add(task));
        return late;
    }

    /** When {@link #removeLate} has a result again; empty where nothing waits. */
    OptionalLong dueNanos() {
        OptionalLong due = OptionalLong.empty();
        for (Task task : waiting.values()) {
            if (due.isEmpty() || task.latestNanos() - due.getAsLong() < 0) {
                due = OptionalLong.of(task.latestNanos());
            }
        }
        return due;
    }
}
