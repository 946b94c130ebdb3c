package io.reclaimer.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;

/** Makes the expectations of a scenario, as {@link ScenarioReader} does with all else. One thread's. */
final class ExpectationReader {

    private final boolean hasHeap;
    private final Names names;
    private final Function<Given, Duration> to;
    private final Function<String, Position> positions;
    private final Problems problems;

    /** @param to until when something goes on that may have a from and a to */
    ExpectationReader(
            boolean hasHeap,
            Names names,
            Function<Given, Duration> to,
            Function<String, Position> positions,
            Problems problems) {
        this.hasHeap = hasHeap;
        this.names = names;
        this.to = to;
        this.positions = positions;
        this.problems = problems;
    }

    Expectation expectation(Given of) {
        Expectation.What what = Expectation.What.valueOf(
                of.text("what", "").replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT));
        if (what == Expectation.What.HEAP && !hasHeap) {
            problems.add(ShapeCheck.join(of.path(), "what"), "is [heap]; allowed where the scenario has heap { … }");
        }
        if (what == Expectation.What.FREED_SHARE && !of.has("cgroup")) {
            problems.add(of.path(), "lacks [cgroup]: of what is freed, the share of which cgroup");
        }
        checkBounds(of, what);
        return new Expectation(
                positions.apply(of.path()),
                new Expectation.Value(
                        what,
                        names.member(of),
                        of.has("shrinker") ? Optional.of(names.shrinker(of)) : Optional.empty(),
                        of.has("cgroup") ? Optional.of(names.cgroup(of, "cgroup")) : Optional.empty(),
                        names.optionalNode(of)),
                when(of),
                bound(of, "is"),
                bound(of, "min"),
                bound(of, "max"));
    }

    private static OptionalDouble bound(Given of, String key) {
        Optional<Object> given = of.plain(key);
        if (given.isEmpty()) {
            return OptionalDouble.empty();
        }
        return given.get() instanceof Number number
                ? OptionalDouble.of(number.doubleValue())
                : OptionalDouble.of(of.time(key, Duration.ZERO).toNanos() / 1e6);
    }

    private void checkBounds(Given of, Expectation.What what) {
        for (String key : List.of("is", "min", "max")) {
            if (what != Expectation.What.LONGEST_ROUND
                    && of.plain(key).filter(String.class::isInstance).isPresent()) {
                problems.add(
                        ShapeCheck.join(of.path(), key),
                        "is [" + of.text(key, "") + "]; allowed is a number, for only longestRound is a duration");
            }
        }
        if (of.has("is") && (of.has("min") || of.has("max"))) {
            problems.add(ShapeCheck.join(of.path(), "is"), "stands beside min or max; allowed is one or the other");
        }
        if (of.has("min")
                && of.has("max")
                && bound(of, "max").orElse(0) < bound(of, "min").orElse(0)) {
            problems.add(
                    ShapeCheck.join(of.path(), "max"),
                    "is [" + of.text("max", "") + "], below min; allowed is " + of.text("min", "") + " or more");
        }
    }

    private Expectation.When when(Given of) {
        boolean always = of.flag("always", false);
        boolean never = of.flag("never", false);
        List<String> forms = new ArrayList<>();
        for (String form : List.of("at", "eventuallyWithin")) {
            if (of.has(form)) {
                forms.add(form);
            }
        }
        if (always) {
            forms.add("always");
        }
        if (never) {
            forms.add("never");
        }
        if (forms.size() > 1) {
            problems.add(of.path(), "has " + String.join(", ", forms) + "; allowed is one of them");
        }
        if (forms.stream().noneMatch(Set.of("always", "never")::contains)) {
            onlyWhere(of, "to", "always or never");
            if (!of.has("eventuallyWithin")) {
                onlyWhere(of, "from", "always, never or eventuallyWithin");
            }
        }
        Duration from = of.time("from", Duration.ZERO);
        if (of.has("at")) {
            return new Expectation.At(of.time("at", Duration.ZERO));
        } else if (of.has("eventuallyWithin")) {
            return new Expectation.Eventually(from, from.plus(of.time("eventuallyWithin", Duration.ZERO)));
        } else if (always) {
            return new Expectation.Always(from, to.apply(of));
        } else if (never) {
            return new Expectation.Never(from, to.apply(of));
        }
        return new Expectation.AtTheEnd();
    }

    private void onlyWhere(Given of, String key, String forms) {
        if (of.has(key)) {
            problems.add(ShapeCheck.join(of.path(), key), "means nothing here; allowed where there is " + forms);
        }
    }
}
