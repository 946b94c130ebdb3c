package io.reclaimer.scenario.read;

import io.reclaimer.scenario.model.Expectation;
import io.reclaimer.scenario.model.Expectation.Mode;
import io.reclaimer.scenario.model.Expectation.What;
import io.reclaimer.scenario.model.Expectation.When;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Reads the expectations of a scenario. */
final class ExpectationReader {

    private final SymbolTable symbols;
    private final Duration duration;
    private final boolean hasHeap;

    /** @param duration of the scenario */
    ExpectationReader(SymbolTable symbols, Duration duration, boolean hasHeap) {
        this.symbols = symbols;
        this.duration = duration;
        this.hasHeap = hasHeap;
    }

    Expectation read(Section of) {
        What what = Arrays.stream(What.values())
                .filter(each -> each.word().equals(of.values().getString("what")))
                .findFirst()
                .orElseThrow();
        if (what == What.HEAP && !hasHeap) {
            of.reject("what", "is [heap]; allowed where the scenario has heap { … }");
        }
        if (what == What.FREED_SHARE && !of.has("cgroup")) {
            of.reject("lacks [cgroup]: of what is freed, the share of which cgroup");
        }
        checkBounds(of, what);
        return new Expectation(
                of.line(),
                new Expectation.Value(
                        what,
                        symbols.member(of),
                        of.optional("shrinker", (values, key) -> symbols.ever().shrinker(of)),
                        of.optional("cgroup", (values, key) -> symbols.ever().cgroup(of, key)),
                        symbols.node(of)),
                when(of),
                bound(of, "is"),
                bound(of, "min"),
                bound(of, "max"));
    }

    /** A number; a duration counts in milliseconds. */
    private static OptionalDouble bound(Section of, String key) {
        if (!of.has(key)) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(
                of.values().getAnyRef(key) instanceof Number number
                        ? number.doubleValue()
                        : of.values().getDuration(key).toNanos() / 1e6);
    }

    private static void checkBounds(Section of, What what) {
        for (String key : List.of("is", "min", "max")) {
            if (what != What.LONGEST_ROUND && of.has(key) && of.values().getAnyRef(key) instanceof String text) {
                of.reject(key, "is [" + text + "]; allowed is a number, for only longestRound is a duration");
            }
        }
        if (of.has("is") && (of.has("min") || of.has("max"))) {
            of.reject("is", "stands beside min or max; allowed is one or the other");
        }
        if (of.has("min")
                && of.has("max")
                && bound(of, "max").orElse(0) < bound(of, "min").orElse(0)) {
            of.reject(
                    "max",
                    "is [" + of.values().getString("max") + "], below min; allowed is "
                            + of.values().getString("min") + " or more");
        }
    }

    private When when(Section of) {
        boolean always = of.values().getBoolean("always");
        boolean never = of.values().getBoolean("never");
        List<String> forms = Stream.of("at", "eventuallyWithin", "always", "never")
                .filter(form -> form.equals("always") ? always : form.equals("never") ? never : of.has(form))
                .toList();
        if (forms.size() > 1) {
            of.reject("has " + String.join(", ", forms) + "; allowed is one of them");
        }
        if (!always && !never) {
            rejectMeaningless(of, "to", "always or never");
            if (!of.has("eventuallyWithin")) {
                rejectMeaningless(of, "from", "always, never or eventuallyWithin");
            }
        }
        if (of.has("at")) {
            return When.at(of.values().getDuration("at"));
        } else if (of.has("eventuallyWithin")) {
            Duration from = of.values().getDuration("from");
            return new When(Mode.EVENTUALLY, from, from.plus(of.values().getDuration("eventuallyWithin")));
        } else if (!always && !never) {
            return When.AT_THE_END;
        }
        Duration to = PartReader.end(of, duration);
        return new When(always ? Mode.ALWAYS : Mode.NEVER, of.values().getDuration("from"), to);
    }

    private static void rejectMeaningless(Section of, String key, String forms) {
        if (of.has(key)) {
            of.reject(key, "means nothing here; allowed where there is " + forms);
        }
    }
}
