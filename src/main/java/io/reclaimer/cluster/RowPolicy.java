package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.cluster.ClusterMessage.Row;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The content of the row of a member in the shared table, and when a new row is published. Immutable. */
final class RowPolicy {

    /** Smaller changes are not published, whatever their share: the default batch of a scan. */
    static final long MIN_OBJECTS = 128;

    private final ClusterSettings.Table settings;

    RowPolicy(ClusterSettings.Table settings) {
        this.settings = settings;
    }

    /**
     * The current row, with the cgroups that could free most: as many as are configured, and as fit.
     *
     * @param nowMillis since 1970
     */
    Row row(String member, CountReport counted, MemberEnvironment.Heap heap, long nowMillis) {
        Map<CgroupPath, Long> byCgroup = new HashMap<>();
        counted.largest().forEach(entry -> byCgroup.merge(entry.cgroup(), entry.objects(), Saturating::add));
        List<String> cgroups = new ArrayList<>();
        List<Long> objects = new ArrayList<>();
        int characters = 0;
        List<Map.Entry<CgroupPath, Long>> largest = byCgroup.entrySet().stream()
                .sorted(Map.Entry.<CgroupPath, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(settings.cgroups())
                .toList();
        for (Map.Entry<CgroupPath, Long> entry : largest) {
            String path = entry.getKey().toString();
            characters += path.length();
            if (characters > ClusterMessage.MAX_CGROUP_CHARACTERS) {
                break;
            }
            cgroups.add(path);
            objects.add(entry.getValue());
        }
        return new Row(
                member,
                nowMillis,
                heap.pressure().name(),
                heap.liveBytes(),
                heap.limitBytes(),
                counted.freeableObjects(),
                cgroups,
                objects);
    }

    /** Whether a row is to be published in place of the previous one. */
    boolean isDue(Row before, Row now) {
        return !before.pressure().equals(now.pressure())
                || now.publishedMillis() - before.publishedMillis()
                        >= settings.refresh().toMillis()
                || moved(before.freeableObjects(), now.freeableObjects())
                || movedByCgroup(before, now);
    }

    private boolean movedByCgroup(Row before, Row now) {
        Map<String, Long> old = byCgroup(before);
        Map<String, Long> fresh = byCgroup(now);
        long oldMax = maxUnlisted(before);
        long freshMax = maxUnlisted(now);
        return old.keySet().stream().anyMatch(path -> moved(old, fresh, path, freshMax))
                || fresh.keySet().stream().anyMatch(path -> moved(fresh, old, path, oldMax));
    }

    /**
     * Whether the objects of a listed cgroup differ from those in the other list. A cgroup that is not in the other list is
     * assumed to have the same number there, limited to the maximum of an unlisted one: so cgroups that change places at the
     * end of a full list have not moved.
     */
    private boolean moved(Map<String, Long> list, Map<String, Long> other, String path, long maxUnlisted) {
        long objects = list.getOrDefault(path, 0L);
        return moved(objects, other.getOrDefault(path, Math.min(objects, maxUnlisted)));
    }

    /** The maximum number of objects of a cgroup that the row does not list. */
    private long maxUnlisted(Row row) {
        List<Long> objects = row.cgroupObjects();
        return objects.size() < settings.cgroups() || objects.isEmpty() ? 0 : objects.get(objects.size() - 1);
    }

    private static Map<String, Long> byCgroup(Row row) {
        Map<String, Long> objects = new HashMap<>();
        for (int i = 0; i < row.cgroups().size(); i++) {
            objects.put(row.cgroups().get(i), row.cgroupObjects().get(i));
        }
        return objects;
    }

    /** Whether a number changed by more than a step of the larger value. */
    private boolean moved(long before, long now) {
        long by = Math.abs(before - now);
        return by >= MIN_OBJECTS && by > settings.step() * Math.max(before, now);
    }
}
