package io.reclaimer.interleavings;

import io.reclaimer.testkit.Choices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a person reads of a scenario that failed; made short first. */
final class Report {

    private Report() {}

    /** The whole of it. */
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

    /** What is left of a seed that fails when all is left out without which it fails as well. */
    static String shortest(Explorer explorer, long seed) {
        Scenario scenario = Scenario.ofSeed(seed);
        Explorer.Outcome outcome = explorer.play(scenario, Choices.ofSeed(seed));
        if (outcome.isGood()) {
            return "Seed " + seed + " failed once and did not when it was played again: -Dreclaimer.seed=" + seed;
        }
        Shorter shorter = new Shorter(explorer, scenario, outcome);
        return "Seed " + seed + " fails (all of it: -Dreclaimer.seed=" + seed + "). What is left of it when "
                + shorter.leftOut() + " is left out:\n" + of(shorter.scenario(), shorter.outcome());
    }

    /** Leaves out what it can: first what is done, then changes of who runs. */
    private static final class Shorter {

        /** How often it is played at most: some seconds. */
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
            this.changes = changes(outcome.choices());
            int before;
            do {
                before = this.scenario.ops() + changes(this.outcome.choices());
                leaveOutOps();
                leaveOutChoices();
            } while (this.scenario.ops() + changes(this.outcome.choices()) < before && tries < TRIES);
        }

        Scenario scenario() {
            return scenario;
        }

        Explorer.Outcome outcome() {
            return outcome;
        }

        String leftOut() {
            return "what " + (ops - scenario.ops()) + " of " + ops + " operations and "
                    + (changes - changes(outcome.choices())) + " of " + changes + " choices do";
        }

        private static int changes(int[] choices) {
            return (int) Arrays.stream(choices).filter(choice -> choice != 0).count();
        }

        private boolean fails(Scenario shorter, Choices choices) {
            if (tries++ >= TRIES) {
                return false;
            }
            Explorer.Outcome now = explorer.play(shorter, choices);
            if (now.isGood()) {
                return false;
            }
            scenario = shorter;
            outcome = now;
            return true;
        }

        private void leaveOutOps() {
            for (int user = -1; user < scenario.users().size(); user++) {
                int which = user;
                int size = opsOf(which).size();
                leaveOut(size, (from, to) -> {
                    List<Op> fewer = new ArrayList<>(opsOf(which));
                    fewer.subList(from, to).clear();
                    Scenario shorter = withOps(which, fewer);
                    // With other things done the same numbers mean something else: both are worth a try.
                    return fails(shorter, Choices.again(outcome.choices()))
                            || fails(shorter, Choices.ofSeed(scenario.seed()))
                            || IntStream.range(0, 10).anyMatch(i -> fails(shorter, Choices.ofSeed(i)));
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

        private void leaveOutChoices() {
            int[] all = outcome.choices();
            List<Integer> places = IntStream.range(0, all.length)
                    .filter(i -> all[i] != 0)
                    .boxed()
                    .collect(Collectors.toCollection(ArrayList::new));
            // From the end, for what comes after the failure does not matter.
            Collections.reverse(places);
            leaveOut(places.size(), (from, to) -> {
                int[] fewer = all.clone();
                for (int place : places.subList(from, to)) {
                    fewer[place] = 0;
                }
                boolean fails = fails(scenario, Choices.again(fewer));
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

        /** Leaves out halves, quarters and so on of so many, each for good where it still fails. */
        private static void leaveOut(int size, Without without) {
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
