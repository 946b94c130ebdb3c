package io.reclaimer.testkit.contract;

import static io.reclaimer.testkit.contract.ContractRun.written;

import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.contract.ContractRun.Place;
import io.reclaimer.testkit.contract.ContractRun.Scanned;
import java.util.ArrayList;
import java.util.List;

/** The clauses about single calls, which the contract makes itself while no round is under way. */
final class CallClauses {

    /** The times that a shrinker may pass over an object: a second chance needs one. */
    private static final int CHANCES = 4;

    /** The objects that a scan may still free when its round is over: the default batch. */
    private static final long BOUNDED_WORK = ShrinkerSpec.DEFAULT_BATCH;

    /** The times that a scan hears that it is not cancelled, before it is cancelled. */
    private static final int CHECKS = 2;

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
            // Down to the last object, where an error by one shows.
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
                        run.isGone(gone, scanned.isStop() ? 0 : scanned.result()),
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
                    scanned.result() <= most,
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
                    scanned.isStop() || scanned.nrScanned() >= Math.max(1, scanned.result()),
                    "scan answered [" + scanned + "] for " + place + " with an nrScanned of [" + scanned.nrScanned()
                            + "] objects, but it has to look at all that it frees, and at one at least");
        }
    }

    static void scanOfNothingAnswersZeroOrStop(ContractRun run) {
        for (Place place : run.places()) {
            Scanned scanned = run.scan(place, run.batch());
            run.require(
                    run.held(place) > 0 || scanned.isStop() || (scanned.result() == 0 && scanned.nrScanned() >= 1),
                    "scan answered [" + scanned + "] for " + place + " with an nrScanned of [" + scanned.nrScanned()
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
        for (int checks : new int[] {0, CHECKS}) {
            run.add(place, asked - run.held(place));
            long before = run.held(place);
            Scanned scanned = run.scan(place, asked, checks);
            long gone = before - run.held(place);
            long most = (checks + 1) * bound;
            run.require(
                    gone <= most,
                    "scan was asked for [" + asked + "] objects of " + place + " and answered [" + scanned
                            + "], having freed [" + gone + "]; isCancelled answered yes from the [" + (checks + 1)
                            + "] call on, and a scan has to call it at least every ["
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

    /** Scans until nothing is held, or until more scans than needed were made. Returns their number. */
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
