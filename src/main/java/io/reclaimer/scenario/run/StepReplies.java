package io.reclaimer.scenario.run;

import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimerState;
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
                "freed",
                report.freedObjects(),
                "trace",
                trace.stream().map(StepReplies::event).toList());
    }

    private static Map<String, Object> event(TraceEvent event) {
        Map<String, Object> row = new LinkedHashMap<>();
        if (event instanceof TraceEvent.Start start) {
            row.put("event", "start");
            row.put("shrinker", start.shrinker());
            row.put("nid", start.node());
            row.put("deferred", start.deferred());
            row.put("freeable", start.freeable());
            row.put("delta", start.delta());
            row.put("totalScan", start.totalScan());
            row.put("priority", start.priority());
        } else if (event instanceof TraceEvent.End end) {
            row.put("event", "end");
            row.put("shrinker", end.shrinker());
            row.put("nid", end.node());
            row.put("freed", end.freed());
            row.put("deferredBefore", end.deferredBefore());
            row.put("deferredAfter", end.deferredAfter());
            row.put("unscanned", end.unscanned());
        }
        return row;
    }

    /** Of a round over the cluster, with the part of each member. */
    static Map<String, Object> round(RoundEnded round) {
        Map<String, Object> reply = object("outcome", round.outcome(), "freed", round.freedObjects());
        if (!round.members().isEmpty()) {
            Map<String, Object> members = new LinkedHashMap<>();
            round.members()
                    .forEach(part -> members.put(
                            part.member(),
                            object(
                                    "outcome",
                                    part.outcome(),
                                    "asked",
                                    part.askedObjects(),
                                    "freed",
                                    part.freedObjects())));
            reply.put("members", members);
        }
        return reply;
    }

    static Map<String, Object> dump(ReclaimerState state, MemberCgroups cgroups) {
        List<Object> rows = state.cgroups().stream()
                .<Object>map(row -> {
                    Map<String, Object> deferred = new LinkedHashMap<>();
                    row.deferred().forEach((id, objects) -> deferred.put(Integer.toString(id), objects));
                    return object(
                            "cgroup", cgroups.name(row.cgroup()),
                            "nid", row.node(),
                            "mapNrMax", row.nrMax(),
                            "bits", row.bits(),
                            "deferred", deferred);
                })
                .toList();
        List<Object> shrinkers = state.shrinkers().stream()
                .<Object>map(
                        each -> object("shrinker", each.spec().name(), "id", each.id(), "deferred", each.deferred()))
                .toList();
        return object(
                "nrMax",
                state.nrMax(),
                "slabsScanned",
                state.scannedObjects(),
                "cgroups",
                rows,
                "shrinkers",
                shrinkers);
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
