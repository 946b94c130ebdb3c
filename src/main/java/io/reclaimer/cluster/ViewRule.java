package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.cluster.ClusterMessage.Row;
import io.reclaimer.shrinker.CgroupPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a member's row of the shared table says, and when it is worth to be published. */
final class ViewRule {

    /** Numbers that move by less than that are not worth telling, whatever their share: the usual batch of a scan. */
    static final long LEAST_OBJECTS = 128;

    private final ClusterSettings.View settings;

    ViewRule(ClusterSettings.View settings) {
        this.settings = settings;
    }

    /**
     * The row as it is now: the cgroups that could free most, as many as are to be listed, and as fit.
     *
     * @param nowMillis since 1970
     */
    Row row(String member, CountReport counted, MemberParts.Heap heap, long nowMillis) {
        Map<CgroupPath, Long> byCgroup = new HashMap<>();
        counted.largest().forEach(entry -> byCgroup.merge(entry.cgroup(), entry.objects(), Split::add));
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
            if (characters > ClusterMessage.LONGEST_CGROUPS) {
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

    /** Whether a row is to be published in the place of the one before. */
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
        long oldMost = mostUnlisted(before);
        long freshMost = mostUnlisted(now);
        return old.keySet().stream().anyMatch(path -> moved(old, fresh, path, freshMost))
                || fresh.keySet().stream().anyMatch(path -> moved(fresh, old, path, oldMost));
    }

    /**
     * Whether the objects of a cgroup that is in one list moved from or to the other. Where it is not in that one, it has what
     * it has here, or the most that one has that is not listed: so cgroups that change places at the end of a full list have
     * not moved.
     */
    private boolean moved(Map<String, Long> list, Map<String, Long> other, String path, long mostUnlisted) {
        long objects = list.getOrDefault(path, 0L);
        return moved(objects, other.getOrDefault(path, Math.min(objects, mostUnlisted)));
    }

    /** The most objects that a cgroup can have which the row does not list. */
    private long mostUnlisted(Row row) {
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

    /** By more than a step of the larger one. */
    private boolean moved(long before, long now) {
        long by = Math.abs(before - now);
        return by >= LEAST_OBJECTS && by > settings.step() * Math.max(before, now);
    }
}
