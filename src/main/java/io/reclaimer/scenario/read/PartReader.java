package io.reclaimer.scenario.read;

import com.typesafe.config.Config;
import io.reclaimer.scenario.model.CacheBehaviour;
import io.reclaimer.scenario.model.Formats;
import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.ShrinkerTrait;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Reads the parts that stand in several places of a scenario: shrinkers, rounds and times. */
final class PartReader {

    private PartReader() {}

    static Scenario.Shrinker shrinker(String name, Section of, List<Scenario.Contents> contents) {
        Config values = of.values();
        ShrinkerSpec spec = ShrinkerSpec.named(name)
                .seeks(values.getInt("seeks"))
                .batch(values.getLong("batch"))
                .objectBytes(values.getBytes("objectBytes"));
        for (String trait : values.getStringList("flags")) {
            spec = spec.with(ShrinkerTrait.valueOf(trait));
        }
        return new Scenario.Shrinker(spec, behaviour(of.section("model")), contents);
    }

    static CacheBehaviour behaviour(Section of) {
        Config values = of.values();
        return new CacheBehaviour(
                values.getEnum(CacheBehaviour.WhenEmpty.class, "whenEmpty"),
                new CacheBehaviour.Scan(values.getEnum(CacheBehaviour.Mode.class, "scan"), values.getInt("arg")),
                values.getDuration("latency"),
                values.getDouble("countFactor"),
                new CacheBehaviour.Refaults(values.getDouble("refaults"), values.getDuration("refaultAfter")),
                of.optionalSection("faults").map(PartReader::faults));
    }

    private static CacheBehaviour.Faults faults(Section of) {
        return new CacheBehaviour.Faults(
                of.values().getEnum(CacheBehaviour.Fault.class, "kind"),
                of.values().getDouble("rate"),
                of.optional("every", Config::getInt).orElse(0),
                Set.copyOf(of.values().getIntList("calls")));
    }

    /** Reads the keys of a round, in a step or in {@code pressure}. */
    static Scenario.Round round(Section of, SymbolTable symbols, SymbolTable.Names names) {
        Config values = of.values();
        boolean overCluster = values.getBoolean("overCluster");
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
        if (values.getBoolean("background")) {
            flags.add(ReclaimFlag.BACKGROUND);
        }
        if (values.getBoolean("losslessOnly")) {
            flags.add(ReclaimFlag.LOSSLESS_ONLY);
        }
        return new Scenario.Round(
                new Scenario.Scope(
                        names.cgroup(of, "cgroup"),
                        values.getBoolean("alone"),
                        symbols.nodes(of),
                        overCluster,
                        symbols.members(of)),
                of.optionalLong("objects", Config::getLong),
                of.optionalLong("bytes", Config::getBytes),
                values.getInt("priority"),
                of.optional("within", Config::getDuration),
                flags);
    }

    /** The times {@code from}, {@code to} and {@code every}. */
    static Scenario.Repetition times(Section of, Duration duration) {
        return new Scenario.Repetition(
                of.values().getDuration("from"), end(of, duration), of.values().getDuration("every"));
    }

    /** The time {@code to}, by default the duration of the scenario. It is not before {@code from}. */
    static Duration end(Section of, Duration duration) {
        Duration from = of.values().getDuration("from");
        if (of.has("to")) {
            return of.timeFrom("to", from, "from");
        }
        if (duration.compareTo(from) < 0) {
            of.reject(
                    "from",
                    "is [" + Formats.time(from) + "], after the duration; allowed is up to " + Formats.time(duration)
                            + ", or later with a to");
        }
        return duration;
    }
}
