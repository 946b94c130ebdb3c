package io.reclaimer.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The places in which this member does something for rounds over the cluster, a count or a part, and what waits for one. One
 * thread's; has no clock. Times are in nanoseconds from any start.
 *
 * <p>A place that is free goes to what has the fewest neighbours at work: of its cgroup, and of its requester; among equals, to
 * what has waited longest. And of each four places one is never for a cgroup that has the others. So neither a tenant for whom
 * many rounds are requested, and whose shrinkers are slow, nor a member that requests many keeps the others waiting for all of
 * them.
 */
final class Places {

    /**
     * What a round has a member do: one thing at a time.
     *
     * @param round its number
     * @param cgroup the top of its subtree
     * @param requester the uid of the member that runs the round
     * @param latestNanos until when it may wait
     */
    record Work(long round, String cgroup, long requester, long latestNanos) {}

    /** The part of all places that one cgroup alone never has. */
    private static final int KEPT_PART = 4;

    private final int most;
    private final Map<Long, Work> working = new HashMap<>();

    /** By round, the oldest first. */
    private final Map<Long, Work> waiting = new LinkedHashMap<>();

    /** @param most how many there are */
    Places(int most) {
        this.most = most;
    }

    int most() {
        return most;
    }

    /** Waits, until {@link #next} gives it a place. */
    void enter(Work work) {
        waiting.put(work.round(), work);
    }

    /** Gives a place to one that waits; empty where none is free, or nobody waits. */
    Optional<Work> next() {
        if (working.size() >= most || waiting.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Integer> ofCgroup = new HashMap<>();
        Map<Long, Integer> ofRequester = new HashMap<>();
        for (Work work : working.values()) {
            ofCgroup.merge(work.cgroup(), 1, Integer::sum);
            ofRequester.merge(work.requester(), 1, Integer::sum);
        }
        int fewest = Integer.MAX_VALUE;
        Optional<Work> best = Optional.empty();
        for (Work work : waiting.values()) {
            int sameCgroup = ofCgroup.getOrDefault(work.cgroup(), 0);
            int neighbours = sameCgroup + ofRequester.getOrDefault(work.requester(), 0);
            if (sameCgroup < most - most / KEPT_PART && neighbours < fewest) {
                fewest = neighbours;
                best = Optional.of(work);
            }
        }
        best.ifPresent(work -> {
            waiting.remove(work.round());
            working.put(work.round(), work);
        });
        return best;
    }

    /** It has done its work. */
    void leave(long round) {
        working.remove(round);
    }

    /** It waits no more. False where it did not wait. */
    boolean stopWaiting(long round) {
        return waiting.remove(round) != null;
    }

    /** Those that may not wait any longer; they wait no more. */
    List<Work> late(long now) {
        List<Work> late = new ArrayList<>();
        waiting.values().removeIf(work -> now - work.latestNanos() >= 0 && late.add(work));
        return late;
    }

    /** When {@link #late} has something again; empty where nobody waits. */
    OptionalLong dueNanos() {
        OptionalLong due = OptionalLong.empty();
        for (Work work : waiting.values()) {
            if (due.isEmpty() || work.latestNanos() - due.getAsLong() < 0) {
                due = OptionalLong.of(work.latestNanos());
            }
        }
        return due;
    }
}
