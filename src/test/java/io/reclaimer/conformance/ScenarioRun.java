package io.reclaimer.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimerState;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.ShrinkerTrait;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.ModelShrinker;
import io.reclaimer.testkit.ReclaimerKit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One scenario, run step by step through the front door; each step is awaited. */
final class ScenarioRun {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode scenario;
    private final Kind kind;
    private final ReclaimerKit kit;
    private final Map<String, Cgroup> cgroups = new HashMap<>();
    private final Map<CgroupPath, String> names = new HashMap<>();
    private final Map<String, ModelShrinker> models = new HashMap<>();
    private final Map<String, ShrinkerHandle> shrinkers = new HashMap<>();

    ScenarioRun(JsonNode scenario, Kind kind) {
        this.scenario = scenario;
        this.kind = kind;
        StringBuilder nodes = new StringBuilder();
        for (int node = 0; node < scenario.get("nodes").asInt(); node++) {
            nodes.append(node == 0 ? "" : ",").append("node").append(node);
        }
        this.kit = ReclaimerKit.with("reclaimer.nodes = [" + nodes + "]\n"
                + "reclaimer.cgroups-enabled = "
                + scenario.get("cgroupsEnabled").asBoolean() + "\n"
                + "reclaimer.object-accounting = " + scenario.get("kmemOnline").asBoolean());
    }

    /** How many scan calls its answers tell of. */
    static long scanCalls(JsonNode scenario) {
        Map<String, Long> batches = new HashMap<>();
        long calls = 0;
        for (JsonNode step : scenario.get("steps")) {
            if (step.get("op").asText().equals("alloc")) {
                long batch = step.get("batch").asLong();
                batches.put(step.get("shrinker").asText(), batch == 0 ? ShrinkerSpec.DEFAULT_BATCH : batch);
            }
            for (JsonNode event : step.path("expect").path("trace")) {
                long objects = event.path("totalScan").asLong()
                        - event.path("unscanned").asLong();
                calls += objects / batches.get(event.get("shrinker").asText());
            }
        }
        return calls;
    }

    void run() {
        kit.start();
        try {
            names.put(CgroupPath.root(), "root");
            if (kit.reclaimer().settings().cgroupsEnabled()) {
                cgroups.put("root", kit.online("/"));
            }
            int number = 0;
            for (JsonNode step : scenario.get("steps")) {
                run(number++, step);
            }
            kit.checkNothingLeft();
        } finally {
            kit.stop();
        }
    }

    private void run(int number, JsonNode step) {
        String op = step.get("op").asText();
        switch (op) {
            case "online" -> online(step);
            case "offline" -> offline(step);
            case "alloc" -> expect(number, step, alloc(step));
            case "register" -> kit.await(shrinker(step).register());
            case "free" -> {
                kit.await(shrinker(step).free());
                shrinkers.remove(step.get("shrinker").asText());
            }
            case "put" ->
                model(step).put(path(step), nid(step), step.get("objects").asLong());
            case "late" ->
                model(step).putLate(path(step), nid(step), step.get("objects").asLong());
            case "setBit" -> {
                shrinker(step).setBit(cgroups.get(step.get("cgroup").asText()), nid(step));
                kit.settle();
            }
            case "shrink" -> expect(number, step, shrink(step));
            case "dump" -> expect(number, step, dump());
            default -> throw new AssertionError("Step " + number + ": unknown op [" + op + "]");
        }
    }

    private void expect(int number, JsonNode step, JsonNode actual) {
        // Read again, so that numbers of one value compare as equal whatever type they were made as.
        if (!reread(step.get("expect")).equals(reread(actual))) {
            throw new AssertionError("Scenario [" + scenario.get("name").asText() + "] ("
                    + scenario.get("about").asText() + "), step " + number + " "
                    + ((ObjectNode) step.deepCopy()).without("expect")
                    + "\nexpected " + step.get("expect")
                    + "\nactual   " + actual);
        }
    }

    private static JsonNode reread(JsonNode node) {
        try {
            return JSON.readTree(node.toString());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private void online(JsonNode step) {
        Cgroup parent = cgroups.get(step.get("parent").asText());
        String name = step.get("cgroup").asText();
        Cgroup cgroup = kit.await(kit.reclaimer().online(parent.path().child(name)));
        cgroups.put(name, cgroup);
        names.put(cgroup.path(), name);
    }

    private void offline(JsonNode step) {
        Cgroup cgroup = cgroups.remove(step.get("cgroup").asText());
        kit.await(kit.reclaimer().offline(cgroup.path()));
    }

    private JsonNode alloc(JsonNode step) {
        Set<ShrinkerTrait> traits = JSON.convertValue(
                step.get("flags"), JSON.getTypeFactory().constructCollectionType(Set.class, ShrinkerTrait.class));
        String name = step.get("shrinker").asText();
        ShrinkerSpec spec = new ShrinkerSpec(
                name,
                traits,
                step.get("seeks").asInt(),
                step.get("batch").asLong(),
                ShrinkerSpec.DEFAULT_OBJECT_BYTES,
                Optional.empty());
        JsonNode model = step.get("model");
        ModelShrinker shrinker = new ModelShrinker(
                spec.cgroupAware() && kit.reclaimer().settings().cgroupsEnabled(),
                spec.numaAware(),
                model.get("whenEmpty").asText().equals("EMPTY") ? Shrinker.EMPTY : 0,
                ModelShrinker.Scan.valueOf(model.get("scan").asText()),
                model.get("arg").asInt());
        ShrinkerHandle handle = kind.allocate(kit, spec, shrinker);
        models.put(name, shrinker);
        shrinkers.put(name, handle);
        return JSON.createObjectNode().put("id", handle.id());
    }

    private JsonNode shrink(JsonNode step) {
        kit.takeTrace();
        long freed = kit.pass(
                        path(step).toString(), nid(step), step.get("priority").asInt())
                .freedObjects();
        ObjectNode answer = JSON.createObjectNode().put("freed", freed);
        ArrayNode trace = answer.putArray("trace");
        for (TraceEvent event : kit.takeTrace()) {
            ObjectNode json = trace.addObject();
            if (event instanceof TraceEvent.Start start) {
                json.put("event", "start")
                        .put("shrinker", start.shrinker())
                        .put("nid", start.node())
                        .put("deferred", start.deferred())
                        .put("freeable", start.freeable())
                        .put("delta", start.delta())
                        .put("totalScan", start.totalScan())
                        .put("priority", start.priority());
            } else if (event instanceof TraceEvent.End end) {
                json.put("event", "end")
                        .put("shrinker", end.shrinker())
                        .put("nid", end.node())
                        .put("freed", end.freed())
                        .put("deferredBefore", end.deferredBefore())
                        .put("deferredAfter", end.deferredAfter())
                        .put("unscanned", end.unscanned());
            }
        }
        return answer;
    }

    private JsonNode dump() {
        ReclaimerState state = kit.state();
        ObjectNode dump =
                JSON.createObjectNode().put("nrMax", state.nrMax()).put("slabsScanned", state.scannedObjects());
        ArrayNode rows = dump.putArray("cgroups");
        for (ReclaimerState.CgroupState cgroup : state.cgroups()) {
            ObjectNode row = rows.addObject()
                    .put("cgroup", names.get(cgroup.cgroup()))
                    .put("nid", cgroup.node())
                    .put("mapNrMax", cgroup.nrMax());
            ArrayNode bits = row.putArray("bits");
            cgroup.bits().forEach(bits::add);
            ObjectNode deferred = row.putObject("deferred");
            cgroup.deferred().forEach((id, objects) -> deferred.put(Integer.toString(id), objects));
        }
        ArrayNode entries = dump.putArray("shrinkers");
        for (ReclaimerState.ShrinkerState shrinker : state.shrinkers()) {
            ArrayNode deferred = entries.addObject()
                    .put("shrinker", shrinker.spec().name())
                    .put("id", shrinker.id())
                    .putArray("deferred");
            shrinker.deferred().forEach(deferred::add);
        }
        return dump;
    }

    private CgroupPath path(JsonNode step) {
        String name = step.get("cgroup").asText();
        return name.equals("root") ? CgroupPath.root() : cgroups.get(name).path();
    }

    private ModelShrinker model(JsonNode step) {
        return models.get(step.get("shrinker").asText());
    }

    private ShrinkerHandle shrinker(JsonNode step) {
        return shrinkers.get(step.get("shrinker").asText());
    }

    private static int nid(JsonNode step) {
        return step.get("nid").asInt();
    }
}
