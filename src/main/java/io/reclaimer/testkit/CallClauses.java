package io.reclaimer.testkit;

import static io.reclaimer.testkit.ContractRun.written;

import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ContractRun.Place;
import io.reclaimer.testkit.ContractRun.Scanned;
import java.util.ArrayList;
import java.util.List;

/** The clauses on what single calls answer: the contract makes them by itself, while no round is under way. */
final class CallClauses {

    /** How often a shrinker may give objects another chance: none needs more than one. */
    private static final int CHANCES = 4;

    /** How much a scan may still do when the round is over: what the engine asks for at a time where nothing is said. */
    private static final long BOUNDED_WORK = ShrinkerSpec.DEFAULT_BATCH;

    /** How often a scan that is cancelled on its way hears that it is not. */
    private static final int LOOKS = 2;

    private CallClauses() {}

    static void countIsHonest(ContractRun run) {
        for (Place place : run.places()) {
            for (long more : new long[] {1, 2, run.manyObjects()}) {
                run.add(place, more);
                long held = run.held(place);
                long count = run.count(place);
                if (run.subject().isEstimating()) {
                    run.require(count >= 0, countAnswered(count, place, held));
                } else {
                    run.require(count == held, countAnswered(count, place, held));
                }
            }
        }
    }

    static void countChangesNothing(ContractRun run) {
        Place place = run.place();
        run.add(place, run.manyObjects());
        long before = run.held(place);
        long first = run.count(place);
        long second = run.count(place);
        run.require(
                run.isGone(before - run.held(place), 0),
                "it held [" + before + "] objects in " + place + ", and [" + run.held(place) + "] after two counts");
        run.require(
                !run.hasExactCounts() || first == second,
                "count answered [" + written(first) + "] for " + place + " and then [" + written(second)
                        + "], while nothing happened in between");
    }

    static void emptyIsSaidOnlyWhenEmpty(ContractRun run) {
        for (Place place : run.places()) {
            run.add(place, 3);
            // Down to the last one, as that is where a wrong limit shows.
            for (int calls = 0; run.held(place) > 0 && calls < CHANCES * 3; calls++) {
                long held = run.held(place);
                long count = run.count(place);
                run.require(count != Shrinker.EMPTY, countAnswered(count, place, held));
                run.scan(place, 1);
            }
        }
    }

    static void nothingIsCountedWhereNothingIs(ContractRun run) {
        for (Place place : run.places()) {
            requireNothingCounted(run, place);
        }
        run.add(run.place(), 3);
        drain(run, run.place());
        requireNothingCounted(run, run.place());
    }

    private static void requireNothingCounted(ContractRun run, Place place) {
        long held = run.held(place);
        long count = run.count(place);
        boolean nothing = count == 0 || count == Shrinker.EMPTY;
        run.require(
                held > 0 || nothing || (count > 0 && run.subject().isEstimating()), countAnswered(count, place, held));
    }

    static void scanFreesWhatItSays(ContractRun run) {
        for (Place place : run.places()) {
            run.add(place, run.manyObjects());
            for (long asked : new long[] {1, 3, run.batch(), run.batch(), run.batch()}) {
                long before = run.held(place);
                Scanned scanned = run.scan(place, asked);
                long gone = before - run.held(place);
                run.require(
                        run.isGone(gone, scanned.isStop() ? 0 : scanned.answer()),
                        "scan answered [" + scanned + "] for " + place + " when asked for [" + asked
                                + "] objects, but it has [" + gone + "] fewer than the [" + before + "] it held");
            }
        }
    }

    static void scanFreesNoMoreThanAsked(ContractRun run) {
        Place place = run.place();
        long batchObjects = run.subject().batchObjects();
        run.add(place, run.manyObjects() + batchObjects);
        for (long asked : new long[] {1, 3, run.batch()}) {
            long most = (asked + batchObjects - 1) / batchObjects * batchObjects;
            Scanned scanned = run.scan(place, asked);
            run.require(
                    scanned.answer() <= most,
                    "scan answered [" + scanned + "] for " + place + " when asked for [" + asked
                            + "] objects, and may free [" + most + "] at most");
        }
    }

    static void scanSaysHowMuchItLookedAt(ContractRun run) {
        Place place = run.place();
        run.add(place, run.manyObjects());
        long most = CHANCES * run.manyObjects();
        for (long calls = 0; run.held(place) > 0 && calls < most; calls++) {
            Scanned scanned = run.scan(place, Math.min(run.batch(), 5));
            run.require(
                    scanned.isStop() || scanned.nrScanned() >= Math.max(1, scanned.answer()),
                    "scan answered [" + scanned + "] for " + place + " and that it looked at [" + scanned.nrScanned()
                            + "] objects, but has to have looked at those that it freed, and at one at least");
        }
    }

    static void scanOfNothingAnswersZeroOrStop(ContractRun run) {
        for (Place place : run.places()) {
            Scanned scanned = run.scan(place, run.batch());
            run.require(
                    run.held(place) > 0 || scanned.isStop() || (scanned.answer() == 0 && scanned.nrScanned() >= 1),
                    "scan answered [" + scanned + "] for " + place + " and that it looked at [" + scanned.nrScanned()
                            + "] objects, while it held none");
        }
    }

    static void whatIsCountedCanBeFreed(ContractRun run) {
        for (Place place : run.places()) {
            run.add(place, run.manyObjects());
            long before = run.held(place);
            long calls = drain(run, place);
            run.require(
                    run.held(place) == 0,
                    "[" + run.held(place) + "] of [" + before + "] objects in " + place + " were still there after ["
                            + calls + "] scans for [" + run.batch() + "] each");
        }
    }

    static void placesAreKeptApart(ContractRun run) {
        for (Place place : run.places()) {
            run.add(place, 5);
        }
        for (Place place : run.places()) {
            List<Place> others = new ArrayList<>(run.places());
            others.remove(place);
            requireUnchanged(run, others, "a scan for one object of " + place, () -> run.scan(place, 1));
            requireUnchanged(run, others, "an object added in " + place, () -> run.add(place, 1));
        }
    }

    private static void requireUnchanged(ContractRun run, List<Place> places, String what, Runnable change) {
        List<Long> heldBefore = places.stream().map(run::held).toList();
        List<Long> countBefore = places.stream().map(run::count).toList();
        change.run();
        for (int i = 0; i < places.size(); i++) {
            long held = run.held(places.get(i));
            long count = run.count(places.get(i));
            run.require(
                    run.isGone(heldBefore.get(i) - held, 0) && (!run.hasExactCounts() || count == countBefore.get(i)),
                    places.get(i) + " held [" + heldBefore.get(i) + "] and counted [" + written(countBefore.get(i))
                            + "] objects before " + what + ", and holds [" + held + "] and counts [" + written(count)
                            + "] after it");
        }
    }

    static void cancelledScanEndsSoon(ContractRun run) {
        Place place = run.place();
        long bound = Math.max(BOUNDED_WORK, run.subject().batchObjects());
        long asked = 4 * bound;
        for (int looks : new int[] {0, LOOKS}) {
            run.add(place, asked - run.held(place));
            long before = run.held(place);
            Scanned scanned = run.scan(place, asked, looks);
            long gone = before - run.held(place);
            long most = (looks + 1) * bound;
            run.require(
                    gone <= most,
                    "scan was asked for [" + asked + "] objects of " + place + " and answered [" + scanned
                            + "], having freed [" + gone + "]; it was told that its round is over when it asked for"
                            + " the [" + (looks + 1) + "] time, and has to look at isCancelled at least every ["
                            + bound + "] objects");
        }
    }

    static void everyCallIsAnswered(ContractRun run) {
        for (Place place : run.places()) {
            run.count(place);
            run.scan(place, 1);
            run.add(place, run.manyObjects());
            run.count(place);
            drain(run, place);
            run.count(place);
        }
    }

    /** Scans until nothing is left, or it should have been long ago; answers how many. */
    private static long drain(ContractRun run, Place place) {
        long most = CHANCES * (run.held(place) / run.batch() + 1);
        long calls = 0;
        while (calls < most && run.held(place) > 0) {
            run.scan(place, run.batch());
            calls++;
        }
        return calls;
    }

    private static String countAnswered(long count, Place place, long held) {
        return "count answered [" + written(count) + "] for " + place + " while it held [" + held + "] objects";
    }
}
