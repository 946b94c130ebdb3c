package io.reclaimer.scenario.read;

import com.typesafe.config.Config;
import io.reclaimer.scenario.model.CacheBehaviour;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.ShrinkerTrait;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the definition of a shrinker. */
final class ShrinkerReader {

    private ShrinkerReader() {}

    static ShrinkerSpec spec(String name, Section of) {
        return new ShrinkerSpec(
                name,
                of.values().getStringList("flags").stream()
                        .map(ShrinkerTrait::valueOf)
                        .collect(Collectors.toSet()),
                of.values().getInt("seeks"),
                of.values().getLong("batch"),
                OptionalLong.of(of.values().getBytes("objectBytes")),
                Optional.empty(),
                Set.of());
    }

    static CacheBehaviour behaviour(Section of) {
        return new CacheBehaviour(
                CacheBehaviour.WhenEmpty.valueOf(of.values().getString("whenEmpty")),
                new CacheBehaviour.Scan(
                        CacheBehaviour.Mode.valueOf(of.values().getString("scan")),
                        of.values().getInt("arg")),
                of.values().getDuration("latency"),
                of.values().getDouble("countFactor"),
                new CacheBehaviour.Refaults(
                        of.values().getDouble("refaults"), of.values().getDuration("refaultAfter")),
                of.optionalSection("faults").map(ShrinkerReader::faults));
    }

    private static CacheBehaviour.Faults faults(Section of) {
        return new CacheBehaviour.Faults(
                CacheBehaviour.Fault.valueOf(of.values().getString("kind")),
                of.values().getDouble("rate"),
                of.optional("every", Config::getInt).orElse(0),
                ((List<?>) of.values().getAnyRef("calls"))
                        .stream().map(call -> ((Number) call).intValue()).collect(Collectors.toSet()));
    }
}
