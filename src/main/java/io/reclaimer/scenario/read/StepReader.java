package io.reclaimer.scenario.read;

import com.typesafe.config.Config;
import io.reclaimer.scenario.model.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
            Optional<Duration> at =
                    of.optional("at", (values, key) -> of.timeFrom(key, latest, "that of a step above"));
            latest = at.filter(time -> time.compareTo(latest) > 0).orElse(latest);
            Step.Action action = action(of);
            steps.add(new Step(of.line(), at, symbols.member(of), action, of.optional("expect", Config::getObject)));
        }
        return steps;
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
            case "round" ->
                new Step.Round(PartReader.round(of, symbols, now), of.values().getBoolean("apart"));
            case "change" -> new Step.Change(now.shrinker(of), PartReader.behaviour(of.section("model")));
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
        return new Step.Alloc(PartReader.shrinker(of.values().getString("shrinker"), of, List.of()));
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
}
