package io.reclaimer.engine;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The largest of what a round freed, by cgroup and shrinker. Any thread, under this object's lock.
 *
 * <p>Exact as long as not more than {@value #MOST} of them freed anything. Beyond that the smaller half is dropped, and
 * what is no larger than the largest dropped is not taken up any more, without the lock: what was dropped is in the sum
 * that a report gives for the rest. So a round over very many cgroups costs bounded memory.
 */
final class FreedTable {

    static final int MOST = 1024;

    private record Key(CgroupHandle cgroup, ShrinkerEntry shrinker) {}

    private final Map<Key, Long> freed = new HashMap<>();

    /** What is not larger is not taken up; written under the lock. */
    private volatile long threshold;

    void add(CgroupHandle cgroup, ShrinkerEntry shrinker, long objects) {
        if (objects > threshold) {
            addLarge(new Key(cgroup, shrinker), objects);
        }
    }

    private synchronized void addLarge(Key key, long objects) {
        freed.merge(key, objects, Saturating::add);
        if (freed.size() > MOST) {
            List<Map.Entry<Key, Long>> smaller = freed.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue())
                    .limit(MOST / 2)
                    .toList();
            threshold = Math.max(threshold, smaller.get(smaller.size() - 1).getValue());
            smaller.stream().map(Map.Entry::getKey).toList().forEach(freed::remove);
        }
    }

    /** The largest first. */
    synchronized List<RoundResult.Freed> largest(int entries) {
        return freed.entrySet().stream()
                .sorted(Map.Entry.<Key, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(entry -> entry.getKey().cgroup().path())
                        .thenComparing(entry -> entry.getKey().shrinker().serial()))
                .limit(entries)
                .map(entry -> new RoundResult.Freed(
                        entry.getKey().cgroup().path(),
                        entry.getKey().shrinker().spec().name(),
                        entry.getValue()))
                .toList();
    }
}
