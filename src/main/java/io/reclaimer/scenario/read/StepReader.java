package io.reclaimer.scenario.read;

import com.typesafe.config.Config;
import io.reclaimer.scenario.model.Formats;
import io.reclaimer.scenario.model.RoundModel;
import io.reclaimer.scenario.model.ShrinkerDefinition;
import io.reclaimer.scenario.model.Step;
import io.reclaimer.shrinker.ReclaimFlag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the steps of a scenario in their order, so that each sees the names that exist when it runs. */
final class StepReader {

    private final SymbolTable symbols;
    private final SymbolTable.Names now;
    private Duration latest = Duration.ZERO;

    StepReader(SymbolTable symbols) {
        this.symbols = symbols;
        this.now = symbols.now();
    }

    List<Step> steps(List<Section> sections) {
        List<Step> steps = new ArrayList<>();
        for (Section of : sections) {
            Optional<Duration> at = of.optional("at", Config::getDuration);
            at.ifPresent(time -> checkOrder(of, time));
            Step.Action action = action(of);
            steps.add(new Step(of.line(), at, symbols.member(of), action, of.optional("expect", Config::getObject)));
        }
        return steps;
    }

    private void checkOrder(Section of, Duration at) {
        if (at.compareTo(latest) < 0) {
            of.reject(
                    "at",
                    "is [" + Formats.time(at) + "], before that of a step above; allowed is " + Formats.time(latest)
                            + " or later");
        } else {
            latest = at;
        }
    }

    private Step.Action action(Section of) {
        return switch (of.values().getString("op")) {
            case "online" -> online(of);
            case "offline" -> offline(of);
            case "alloc" -> alloc(of);
            case "register" -> new Step.Register(now.shrinker(of));
            case "free" -> free(of);
            case "put" -> new Step.Put(now.cell(of), of.values().getLong("objects"));
            case "late" -> new Step.Late(now.cell(of), of.values().getLong("objects"));
            case "add" -> new Step.Add(now.cell(of), of.values().getLong("objects"));
            case "remove" -> new Step.Remove(now.cell(of), of.values().getLong("objects"));
            case "setBit" -> new Step.SetBit(now.cell(of));
            case "shrink" ->
                new Step.Shrink(
                        now.cgroup(of, "cgroup"),
                        symbols.node(of).orElse(0),
                        of.values().getInt("priority"));
            case "dump" -> new Step.Dump();
            case "round" -> new Step.Round(round(of, symbols, now), of.values().getBoolean("apart"));
            case "change" -> new Step.Change(now.shrinker(of), ShrinkerReader.behaviour(of.section("model")));
            case "wait" -> new Step.Wait(of.values().getDuration("for"));
            case "kill" -> inCluster(of, new Step.Kill());
            case "freeze" -> inCluster(of, new Step.Freeze());
            case "wake" -> inCluster(of, new Step.Wake());
            default ->
                throw new IllegalStateException(
                        "The schema has a step [" + of.values().getString("op") + "] without a reader");
        };
    }

    private Step.Action online(Section of) {
        String cgroup = of.values().getString("cgroup");
        if (of.has("parent") == cgroup.startsWith("/")) {
            of.reject("cgroup", "is [" + cgroup + "]; allowed is a path as in /shop/web, or a name and its parent");
        }
        Optional<String> parent = of.optional("parent", (values, key) -> now.cgroup(of, key));
        now.addCgroup(cgroup);
        return new Step.Online(cgroup, parent);
    }

    private Step.Action offline(Section of) {
        String cgroup = now.cgroup(of, "cgroup");
        now.removeCgroup(cgroup);
        return new Step.Offline(cgroup);
    }

    private Step.Action alloc(Section of) {
        now.addShrinker(of);
        return new Step.Alloc(new ShrinkerDefinition(
                ShrinkerReader.spec(of.values().getString("shrinker"), of),
                ShrinkerReader.behaviour(of.section("model")),
                List.of()));
    }

    private Step.Action free(Section of) {
        String shrinker = now.shrinker(of);
        now.removeShrinker(shrinker);
        return new Step.Free(shrinker);
    }

    private Step.Action inCluster(Section of, Step.Action action) {
        symbols.requireCluster(of, "op");
        return action;
    }

    /** Reads the keys of a round, in a step or in {@code pressure}. */
    static RoundModel round(Section of, SymbolTable symbols, SymbolTable.Names names) {
        boolean overCluster = of.values().getBoolean("overCluster");
        if (overCluster) {
            symbols.requireCluster(of, "overCluster");
        }
        if (of.has("bytes") && (of.has("objects") || overCluster)) {
            of.reject(
                    "bytes",
                    of.has("objects")
                            ? "stands beside objects; allowed is one of them"
                            : "is the target of a round over the cluster; allowed is objects");
        }
        Set<ReclaimFlag> flags = EnumSet.noneOf(ReclaimFlag.class);
        if (of.values().getBoolean("background")) {
            flags.add(ReclaimFlag.BACKGROUND);
        }
        if (of.values().getBoolean("losslessOnly")) {
            flags.add(ReclaimFlag.LOSSLESS_ONLY);
        }
        return new RoundModel(
                new RoundModel.Scope(
                        names.cgroup(of, "cgroup"),
                        of.values().getBoolean("alone"),
                        symbols.nodes("nodes", of),
                        overCluster,
                        symbols.members(of)),
                of.optionalLong("objects", Config::getLong),
                of.optionalLong("bytes", Config::getBytes),
                of.values().getInt("priority"),
                of.optional("within", Config::getDuration),
                flags);
    }
}
