package io.reclaimer.interleavings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The report of a scenario that failed, for people: shrunk first, and then printed. */
final class Report {

    private Report() {}

    /** The whole scenario and its trace, up to the failure. */
    static String of(Scenario scenario, Explorer.Outcome outcome) {
        StringBuilder text = new StringBuilder();
        text.append(outcome.isGood() ? "Everything holds" : outcome.failure()).append("\n");
        text.append("on ").append(scenario.nodes()).append(" nodes, with ").append(scenario.fillers());
        text.append(" ids taken").append(scenario.slowClock() ? ", calls take long" : "");
        text.append(scenario.patient() ? ", users wait for answers" : "").append("\n");
        for (int i = 0; i < scenario.kinds().size(); i++) {
            text.append("s")
                    .append(i)
                    .append(" is ")
                    .append(scenario.kinds().get(i))
                    .append("\n");
        }
        text.append("first ").append(scenario.setup()).append("\n");
        for (int i = 0; i < scenario.users().size(); i++) {
            text.append("user ")
                    .append(i + 1)
                    .append(" ")
                    .append(scenario.users().get(i))
                    .append("\n");
        }
        List<String> trace = outcome.trace();
        int end = IntStream.range(0, trace.size())
                .filter(i -> trace.get(i).startsWith("FAILED"))
                .findFirst()
                .orElse(trace.size() - 1);
        return text
                + IntStream.rangeClosed(0, end)
                        .mapToObj(i -> String.format("%4d %s", i + 1, trace.get(i)))
                        .collect(Collectors.joining("\n"));
    }

    /** The report of a failing seed, without the operations and decisions that it fails without, too. */
    static String shortest(Explorer explorer, long seed) {
        Scenario scenario = Scenario.ofSeed(seed);
        Explorer.Outcome outcome = explorer.play(scenario, Decisions.ofSeed(seed));
        if (outcome.isGood()) {
            return "Seed " + seed + " failed once, and not when it was played again: -Dreclaimer.seed=" + seed;
        }
        Shorter shorter = new Shorter(explorer, scenario, outcome);
        return "Seed " + seed + " fails (in full: -Dreclaimer.seed=" + seed + "). It still fails without "
                + shorter.removed() + ":\n" + of(shorter.scenario(), shorter.outcome());
    }

    /** Removes operations first, and then changes of thread, for as long as the scenario fails. Delta debugging. */
    private static final class Shorter {

        /** The most plays: some seconds. */
        private static final int TRIES = 4_000;

        private final Explorer explorer;
        private final int ops;
        private final int changes;
        private Scenario scenario;
        private Explorer.Outcome outcome;
        private int tries;

        Shorter(Explorer explorer, Scenario scenario, Explorer.Outcome outcome) {
            this.explorer = explorer;
            this.scenario = scenario;
            this.outcome = outcome;
            this.ops = scenario.ops();
            this.changes = changes(outcome.decisions());
            int before;
            do {
                before = this.scenario.ops() + changes(this.outcome.decisions());
                removeOps();
                removeDecisions();
            } while (this.scenario.ops() + changes(this.outcome.decisions()) < before && tries < TRIES);
        }

        Scenario scenario() {
            return scenario;
        }

        Explorer.Outcome outcome() {
            return outcome;
        }

        String removed() {
            return (ops - scenario.ops()) + " of " + ops + " operations and " + (changes - changes(outcome.decisions()))
                    + " of " + changes + " decisions";
        }

        private static int changes(int[] decisions) {
            return (int)
                    Arrays.stream(decisions).filter(decision -> decision != 0).count();
        }

        private boolean fails(Scenario shorter, Decisions decisions) {
            if (tries++ >= TRIES) {
                return false;
            }
            Explorer.Outcome now = explorer.play(shorter, decisions);
            if (now.isGood()) {
                return false;
            }
            scenario = shorter;
            outcome = now;
            return true;
        }

        private void removeOps() {
            for (int user = -1; user < scenario.users().size(); user++) {
                int which = user;
                int size = opsOf(which).size();
                remove(size, (from, to) -> {
                    List<Op> fewer = new ArrayList<>(opsOf(which));
                    fewer.subList(from, to).clear();
                    Scenario shorter = withOps(which, fewer);
                    // With other operations the same decisions mean something else, so others are tried as well.
                    return fails(shorter, Decisions.replay(outcome.decisions()))
                            || fails(shorter, Decisions.ofSeed(scenario.seed()))
                            || IntStream.range(0, 10).anyMatch(i -> fails(shorter, Decisions.ofSeed(i)));
                });
            }
        }

        private List<Op> opsOf(int user) {
            return user < 0 ? scenario.setup() : scenario.users().get(user);
        }

        private Scenario withOps(int user, List<Op> ops) {
            if (user < 0) {
                return scenario.with(ops, scenario.users());
            }
            List<List<Op>> users = new ArrayList<>(scenario.users());
            users.set(user, ops);
            return scenario.with(scenario.setup(), users);
        }

        private void removeDecisions() {
            int[] all = outcome.decisions();
            List<Integer> places = IntStream.range(0, all.length)
                    .filter(i -> all[i] != 0)
                    .boxed()
                    .collect(Collectors.toCollection(ArrayList::new));
            // From the end: decisions after the failure do not matter.
            Collections.reverse(places);
            remove(places.size(), (from, to) -> {
                int[] fewer = all.clone();
                for (int place : places.subList(from, to)) {
                    fewer[place] = 0;
                }
                boolean fails = fails(scenario, Decisions.replay(fewer));
                if (fails) {
                    System.arraycopy(fewer, 0, all, 0, all.length);
                    places.subList(from, to).clear();
                }
                return fails;
            });
        }

        private interface Without {
            boolean fails(int from, int to);
        }

        /** Tries to remove halves, quarters and so on; what can be removed stays removed. */
        private static void remove(int size, Without without) {
            int left = size;
            for (int length = Math.max(1, size / 2); length > 0; length /= 2) {
                int from = 0;
                while (from < left) {
                    int to = Math.min(left, from + length);
                    if (without.fails(from, to)) {
                        left -= to - from;
                    } else {
                        from = to;
                    }
                }
            }
        }
    }
}
