package io.reclaimer.scenario.run;

import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimerState;
import io.reclaimer.ReclaimerState.CgroupState;
import io.reclaimer.ReclaimerState.ShrinkerState;
import io.reclaimer.scenario.model.EventDetail.RoundEnded;
import io.reclaimer.shrinker.TraceEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** The replies of steps in the form in which files expect them: maps, lists, numbers and words. */
final class StepReplies {

    private StepReplies() {}

    private static Map<String, Object> object(Object... keysAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            object.put(keysAndValues[i].toString(), keysAndValues[i + 1]);
        }
        return object;
    }

    static Map<String, Object> pass(ReclaimReport report, List<TraceEvent> trace) {
        return object(
                "freed", report.freedObjects(),
                "trace", trace.stream().map(StepReplies::event).toList());
    }

    private static Map<String, Object> event(TraceEvent event) {
        if (event instanceof TraceEvent.Start start) {
            return object(
                    "event", "start",
                    "shrinker", start.shrinker(),
                    "nid", start.node(),
                    "deferred", start.deferred(),
                    "freeable", start.freeable(),
                    "delta", start.delta(),
                    "totalScan", start.totalScan(),
                    "priority", start.priority());
        }
        TraceEvent.End end = (TraceEvent.End) event;
        return object(
                "event", "end",
                "shrinker", end.shrinker(),
                "nid", end.node(),
                "freed", end.freed(),
                "deferredBefore", end.deferredBefore(),
                "deferredAfter", end.deferredAfter(),
                "unscanned", end.unscanned());
    }

    /** Of a round over the cluster, with the part of each member. */
    static Map<String, Object> round(RoundEnded round) {
        Map<String, Object> reply = object("outcome", round.outcome(), "freed", round.freedObjects());
        Map<String, Object> members = new LinkedHashMap<>();
        for (RoundEnded.MemberPart part : round.members()) {
            members.put(
                    part.member(),
                    object(
                            "outcome", part.outcome(),
                            "asked", part.askedObjects(),
                            "freed", part.freedObjects()));
        }
        if (!members.isEmpty()) {
            reply.put("members", members);
        }
        return reply;
    }

    static Map<String, Object> dump(ReclaimerState state, MemberCgroups cgroups) {
        return object(
                "nrMax", state.nrMax(),
                "slabsScanned", state.scannedObjects(),
                "cgroups",
                        state.cgroups().stream().map(row -> row(row, cgroups)).toList(),
                "shrinkers", state.shrinkers().stream().map(StepReplies::row).toList());
    }

    private static Map<String, Object> row(CgroupState cgroup, MemberCgroups cgroups) {
        Map<String, Object> deferred = new LinkedHashMap<>();
        cgroup.deferred().forEach((id, objects) -> deferred.put(Integer.toString(id), objects));
        return object(
                "cgroup", cgroups.name(cgroup.cgroup()),
                "nid", cgroup.node(),
                "mapNrMax", cgroup.nrMax(),
                "bits", cgroup.bits(),
                "deferred", deferred);
    }

    private static Map<String, Object> row(ShrinkerState shrinker) {
        return object(
                "shrinker", shrinker.spec().name(),
                "id", shrinker.id(),
                "deferred", shrinker.deferred());
    }

    /**
     * Whether a reply is as expected. Numbers are equal by value.
     *
     * @param partial whether objects may have more keys than expected
     */
    static boolean isAsExpected(Object expected, Object actual, boolean partial) {
        if (expected instanceof Number one && actual instanceof Number other) {
            return one.doubleValue() == other.doubleValue() && one.longValue() == other.longValue();
        }
        if (expected instanceof Map<?, ?> one && actual instanceof Map<?, ?> other) {
            return (partial || one.size() == other.size())
                    && one.entrySet().stream()
                            .allMatch(entry -> other.containsKey(entry.getKey())
                                    && isAsExpected(entry.getValue(), other.get(entry.getKey()), partial));
        }
        if (expected instanceof List<?> one && actual instanceof List<?> other) {
            return one.size() == other.size()
                    && IntStream.range(0, one.size()).allMatch(i -> isAsExpected(one.get(i), other.get(i), partial));
        }
        return Objects.equals(expected, actual);
    }
}
