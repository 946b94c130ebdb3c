package io.reclaimer.scenario;

import io.reclaimer.ReclaimReport;
import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.scenario.Expectation.Always;
import io.reclaimer.scenario.Expectation.At;
import io.reclaimer.scenario.Expectation.Eventually;
import io.reclaimer.scenario.Expectation.Never;
import io.reclaimer.scenario.Expectation.Value;
import io.reclaimer.scenario.Expectation.What;
import io.reclaimer.scenario.Expectation.When;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/** How things are said to people. */
final class Words {

    private Words() {}

    /** As {@code freed share of pages in /shop on member1}. */
    static String of(Value value) {
        return what(value.what())
                + value.shrinker().map(shrinker -> " of " + shrinker).orElse("")
                + value.cgroup().map(cgroup -> " in " + cgroup).orElse("")
                + value.node().map(node -> " on node " + node).orElse("")
                + value.member().map(member -> " on " + member).orElse("");
    }

    /** The word that files have for it, with blanks. */
    private static String what(What what) {
        return what.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static String of(When when) {
        if (when instanceof At at) {
            return ", at " + time(at.time());
        }
        if (when instanceof Eventually eventually) {
            return ", eventually between " + time(eventually.from()) + " and " + time(eventually.to());
        }
        if (when instanceof Always always) {
            return ", always from " + time(always.from()) + " to " + time(always.to());
        }
        if (when instanceof Never never) {
            return ", never from " + time(never.from()) + " to " + time(never.to());
        }
        return ", at the end";
    }

    /** What is expected; of what is never to be, that it is not. */
    static String range(Expectation expectation) {
        String range = plainRange(expectation);
        return expectation.when() instanceof Never ? "not " + range : range;
    }

    private static String plainRange(Expectation expectation) {
        if (expectation.is().isPresent()) {
            return number(expectation.is().getAsDouble());
        }
        Optional<String> least = expectation.min().isPresent()
                ? Optional.of("at least " + number(expectation.min().getAsDouble()))
                : Optional.empty();
        Optional<String> most = expectation.max().isPresent()
                ? Optional.of("at most " + number(expectation.max().getAsDouble()))
                : Optional.empty();
        return least.isPresent() && most.isPresent()
                ? least.get() + ", " + most.get()
                : least.or(() -> most).orElse("anything");
    }

    static String of(Step.Action action) {
        if (action instanceof Step.Online online) {
            return "online " + online.cgroup()
                    + online.parent().map(parent -> " below " + parent).orElse("");
        } else if (action instanceof Step.Offline offline) {
            return "offline " + offline.cgroup();
        } else if (action instanceof Step.Alloc alloc) {
            return "alloc " + alloc.shrinker().name();
        } else if (action instanceof Step.Register register) {
            return "register " + register.shrinker();
        } else if (action instanceof Step.Free free) {
            return "free " + free.shrinker();
        } else if (action instanceof Step.Put put) {
            return "put " + cell(put.objects(), put.shrinker(), put.cgroup(), put.node());
        } else if (action instanceof Step.Late late) {
            return "late " + cell(late.objects(), late.shrinker(), late.cgroup(), late.node());
        } else if (action instanceof Step.Add add) {
            return "add " + cell(add.objects(), add.shrinker(), add.cgroup(), add.node());
        } else if (action instanceof Step.Remove remove) {
            return "remove " + cell(remove.objects(), remove.shrinker(), remove.cgroup(), remove.node());
        } else if (action instanceof Step.SetBit bit) {
            return "setBit " + bit.shrinker() + " in " + bit.cgroup() + " on node " + bit.node();
        } else if (action instanceof Step.Shrink shrink) {
            return "shrink " + shrink.cgroup() + " on node " + shrink.node() + " at priority " + shrink.priority();
        } else if (action instanceof Step.Round round) {
            return "round over " + of(round.round());
        } else if (action instanceof Step.Change change) {
            return "change " + change.shrinker();
        } else if (action instanceof Step.Wait pause) {
            return "wait " + time(pause.duration());
        }
        return action.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static String cell(long objects, String shrinker, String cgroup, int node) {
        return number(objects) + " objects of " + shrinker + " in " + cgroup + " on node " + node;
    }

    private static String of(RoundModel round) {
        return round.cgroup()
                + (round.overCluster() ? " of " + (round.members().isEmpty() ? "all members" : round.members()) : "")
                + (round.objects().isPresent()
                        ? " for " + number(round.objects().getAsLong()) + " objects"
                        : "")
                + (round.bytes().isPresent() ? " for " + number(round.bytes().getAsLong()) + " bytes" : "");
    }

    static String of(String who, RoundModel round, ReclaimReport report) {
        return who + " over " + of(round) + ": " + report.outcome() + ", freed " + number(report.freedObjects())
                + " in " + time(report.elapsed());
    }

    static String of(String who, RoundModel round, ClusterReport report) {
        return who + " over " + of(round) + ": " + report.outcome() + ", freed " + number(report.freedObjects())
                + " in " + time(report.elapsed())
                + report.members().stream()
                        .map(member ->
                                ", " + member.member() + " " + number(member.freedObjects()) + " " + member.outcome())
                        .collect(Collectors.joining());
    }

    static String of(Throwable why) {
        Throwable cause = why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
        return String.valueOf(cause.getMessage());
    }

    /** Whole where it is; with two decimals otherwise, or four where it is less than one. */
    static String number(double value) {
        if (value != 0 && Math.abs(value) < 1) {
            return String.format(Locale.ROOT, "%.4f", value);
        }
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%,.2f", value);
    }

    /** As {@code 1h 2m 3.5s}. */
    static String time(Duration time) {
        long hours = time.toHours();
        int minutes = time.toMinutesPart();
        double seconds = time.toSecondsPart() + time.toNanosPart() / 1e9;
        String rest = seconds == Math.rint(seconds)
                ? String.format(Locale.ROOT, "%.0fs", seconds)
                : String.format(Locale.ROOT, "%.3fs", seconds);
        String all = (hours > 0 ? hours + "h " : "")
                + (minutes > 0 ? minutes + "m " : "")
                + (seconds > 0 || (hours == 0 && minutes == 0) ? rest : "");
        return all.trim();
    }
}
