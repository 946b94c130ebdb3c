package io.reclaimer.engine;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a round freed, by cgroup and shrinker. Any thread, under this object's lock.
 *
 * <p>Exact for the first {@value #MOST} that freed anything; what comes later is in the sum that the report gives for
 * the rest. So a round over very many cgroups costs bounded memory.
 */
final class FreedTable {

    static final int MOST = 1024;

    private record Key(CgroupHandle cgroup, ShrinkerEntry shrinker) {}

    private final Map<Key, Long> freed = new HashMap<>();

    synchronized void add(CgroupHandle cgroup, ShrinkerEntry shrinker, long objects) {
        Key key = new Key(cgroup, shrinker);
        if (freed.size() < MOST || freed.containsKey(key)) {
            freed.merge(key, objects, Saturating::add);
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
