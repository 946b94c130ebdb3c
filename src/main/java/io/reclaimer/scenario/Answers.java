package io.reclaimer.scenario;

import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimerState;
import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.shrinker.TraceEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What steps answer, in the form in which scenarios expect it: maps, lists, numbers, words. */
final class Answers {

    private Answers() {}

    static Map<String, Object> id(int id) {
        return Map.of("id", id);
    }

    static Map<String, Object> pass(ReclaimReport report, List<TraceEvent> events) {
        List<Object> trace = new ArrayList<>();
        for (TraceEvent event : events) {
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
            trace.add(row);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("freed", report.freedObjects());
        answer.put("trace", trace);
        return answer;
    }

    static Map<String, Object> round(ReclaimReport report) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("outcome", report.outcome().name());
        answer.put("freed", report.freedObjects());
        return answer;
    }

    static Map<String, Object> round(ClusterReport report) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (ClusterReport.Member member : report.members()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("outcome", member.outcome().name());
            row.put("asked", member.askedObjects());
            row.put("freed", member.freedObjects());
            members.put(member.member(), row);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("outcome", report.outcome().name());
        answer.put("freed", report.freedObjects());
        answer.put("members", members);
        return answer;
    }

    static Map<String, Object> dump(ReclaimerState state, ScenarioMember member) {
        List<Object> rows = new ArrayList<>();
        for (ReclaimerState.CgroupState cgroup : state.cgroups()) {
            Map<String, Object> deferred = new LinkedHashMap<>();
            cgroup.deferred().forEach((id, objects) -> deferred.put(Integer.toString(id), objects));
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("cgroup", member.nameOf(cgroup.cgroup()));
            row.put("nid", cgroup.node());
            row.put("mapNrMax", cgroup.nrMax());
            row.put("bits", cgroup.bits());
            row.put("deferred", deferred);
            rows.add(row);
        }
        List<Object> shrinkers = new ArrayList<>();
        for (ReclaimerState.ShrinkerState shrinker : state.shrinkers()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("shrinker", shrinker.spec().name());
            row.put("id", shrinker.id());
            row.put("deferred", shrinker.deferred());
            shrinkers.add(row);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("nrMax", state.nrMax());
        answer.put("slabsScanned", state.scannedObjects());
        answer.put("cgroups", rows);
        answer.put("shrinkers", shrinkers);
        return answer;
    }

    /**
     * Whether something is as expected. Numbers are equal by their value. What is not expected of {@code partial} maps may be
     * anything.
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
            if (one.size() != other.size()) {
                return false;
            }
            for (int i = 0; i < one.size(); i++) {
                if (!isAsExpected(one.get(i), other.get(i), partial)) {
                    return false;
                }
            }
            return true;
        }
        return expected.equals(actual);
    }
}
