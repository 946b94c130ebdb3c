package io.reclaimer.interleavings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/** The threads of a {@link Schedule} that do not have the baton. Confined to the thread that has it. */
final class ScheduledThreads {

    private final Schedule schedule;
    private final List<ScheduledThread> stopped = new ArrayList<>();

    /** In the order in which they began to sleep. */
    private final Set<ScheduledThread> asleep = new LinkedHashSet<>();

    /** The lowest number first, so that the same tasks run on the same threads, however many threads there are. */
    private final PriorityQueue<ScheduledThread> idle =
            new PriorityQueue<>(Comparator.comparingInt(thread -> thread.number));

    private int created;
    private int peak = 1;

    ScheduledThreads(Schedule schedule) {
        this.schedule = schedule;
    }

    /** How many are stopped in the middle of a task. */
    int stopped() {
        return stopped.size();
    }

    Runnable taskOfStopped(int index) {
        return stopped.get(index).currentTask();
    }

    void stop(ScheduledThread thread) {
        stopped.add(thread);
        notePeak();
    }

    ScheduledThread resume(int index) {
        return stopped.remove(index);
    }

    boolean hasSleepers() {
        return !asleep.isEmpty();
    }

    void sleep(ScheduledThread thread) {
        asleep.add(thread);
    }

    /** Makes a sleeper a stopped thread; does nothing where it is awake. */
    void wake(ScheduledThread thread) {
        if (asleep.remove(thread)) {
            stopped.add(thread);
        }
    }

    void wakeAll() {
        stopped.addAll(asleep);
        asleep.clear();
    }

    /** Takes an idle thread, or starts one. */
    ScheduledThread takeIdle() {
        ScheduledThread thread = idle.poll();
        if (thread == null) {
            thread = new ScheduledThread(schedule, ++created, null);
            thread.start();
        }
        return thread;
    }

    void addIdle(ScheduledThread thread) {
        idle.add(thread);
    }

    void removeIdle(ScheduledThread thread) {
        idle.remove(thread);
    }

    /** The most threads that were in the middle of a task at a time, that of the baton included. */
    int peak() {
        return peak;
    }

    void resetPeak() {
        peak = stopped.size() + 1;
    }

    void notePeak() {
        peak = Math.max(peak, stopped.size() + 1);
    }
}
