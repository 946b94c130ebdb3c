package io.reclaimer.testkit;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ReclaimerState.ShrinkerState;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.ContractRun.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** The clauses on how the shrinker, the application and the reclaimer go together: rounds are real ones. */
final class RoundClauses {

    private static final int ADDING_THREADS = 4;

    /** Enough for each thread to meet a round in every place often. */
    private static final int ADDED_BY_THREAD = 200;

    /** After how many objects a thread waits for the next visit, so that it does not add all between two of them. */
    private static final int ADDED_IN_ONE_GO = 4;

    private static final long LOOK_NANOS = 10_000;

    private RoundClauses() {}

    static void bitIsSetWithTheFirstObject(ContractRun run) {
        for (int turn = 1; turn <= 2; turn++) {
            for (Place place : run.places()) {
                run.add(place, 1);
                run.require(
                        run.isBitSet(place),
                        "the first object was added in " + place
                                + (turn == 1 ? "" : ", which had been emptied before,")
                                + " and its bit was not set: call ShrinkerHandle.setBit after it was added");
            }
            // So that the bits go, where EMPTY is answered.
            run.freeAll();
            run.fullRound();
        }
    }

    static void roundsFindAll(ContractRun run) {
        for (Place place : run.places()) {
            run.add(place, run.manyObjects());
        }
        long before = run.held();
        long freed = run.freeAll();
        long left = run.held();
        run.require(
                left == 0, "[" + left + "] of [" + before + "] objects were never found by full rounds: " + where(run));
        run.require(
                run.isGone(before - left, freed),
                "rounds say that they freed [" + freed + "] objects, but [" + (before - left) + "] are gone");
    }

    static void addsDuringRoundsAreFound(ContractRun run) {
        // What threads wait for before they go on: a visit whose scans are to come, or, as there may be none, a round's
        // end.
        AtomicInteger moments = new AtomicInteger();
        AtomicBoolean isOver = new AtomicBoolean();
        Runnable untrace = run.reclaimer().trace(event -> {
            if (event instanceof TraceEvent.Start) {
                moments.incrementAndGet();
            }
        });
        List<CompletableFuture<Void>> adding = new ArrayList<>();
        for (int thread = 0; thread < ADDING_THREADS; thread++) {
            int first = thread;
            adding.add(CompletableFuture.runAsync(
                    () -> addMeanwhile(run, first, moments, isOver), ContractCalls.threads()));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(adding.toArray(CompletableFuture[]::new));
        long freed = 0;
        try {
            while (!all.isDone()) {
                freed = Saturating.add(freed, run.round(ContractRun.FULL).freedObjects());
                moments.incrementAndGet();
            }
        } finally {
            isOver.set(true);
            untrace.run();
        }
        try {
            all.join();
        } catch (CompletionException e) {
            throw run.broken("an object could not be added while rounds were under way: [" + e.getCause() + "]", e);
        }
        freed = Saturating.add(freed, run.freeAll());
        long added = (long) ADDING_THREADS * ADDED_BY_THREAD;
        long left = run.held();
        run.require(
                left == 0,
                "[" + left + "] of [" + added + "] objects that were added during rounds were never found by later"
                        + " ones: " + where(run) + "; add first, set the bit after");
        run.require(
                run.isGone(added - left, freed),
                "[" + added + "] objects were added during rounds, which say that they freed [" + freed
                        + "], and none is left");
    }

    /** @param isOver there are no rounds any more */
    private static void addMeanwhile(ContractRun run, int first, AtomicInteger moments, AtomicBoolean isOver) {
        for (int i = 0; i < ADDED_BY_THREAD; i++) {
            if (i % ADDED_IN_ONE_GO == 0) {
                int seen = moments.get();
                while (moments.get() == seen && !isOver.get()) {
                    LockSupport.parkNanos(LOOK_NANOS);
                }
            }
            run.add(run.places().get((first + i) % run.places().size()), 1);
        }
    }

    static void offlineMovesEverything(ContractRun run) {
        List<Place> leaving = leaving(run);
        List<Place> above = above(run, leaving);
        for (Place place : leaving) {
            run.add(place, run.manyObjects());
        }
        List<Long> before = leaving.stream().map(run::held).toList();
        run.await(run.reclaimer().offline(leaving.get(0).cgroup().path()));
        for (int i = 0; i < leaving.size(); i++) {
            long left = run.held(leaving.get(i));
            long moved = run.held(above.get(i));
            run.require(
                    left == 0 && run.isGone(before.get(i) - moved, 0),
                    leaving.get(i) + " went offline with [" + before.get(i) + "] objects, of which its parent has ["
                            + moved + "] and it has [" + left + "]: reparent has to move all");
            run.require(
                    moved == 0 || run.isBitSet(above.get(i)),
                    leaving.get(i) + " went offline with [" + before.get(i) + "] objects, but the bit of its parent is"
                            + " not set: reparent has to answer how many moved");
        }
        requireFound(run, above, "that moved when " + leaving.get(0).cgroup().path() + " went offline");
    }

    static void lateAddsGoUp(ContractRun run) {
        List<Place> leaving = leaving(run);
        List<Place> above = above(run, leaving);
        run.await(run.reclaimer().offline(leaving.get(0).cgroup().path()));
        for (int i = 0; i < leaving.size(); i++) {
            run.add(leaving.get(i), 1);
            long left = run.held(leaving.get(i));
            long moved = run.held(above.get(i));
            run.require(
                    left == 0 && run.isGone(1 - moved, 0) && run.isBitSet(above.get(i)),
                    "an object was added for " + leaving.get(i) + " after that went offline; now it has [" + left
                            + "], its parent has [" + moved + "], and the parent's bit is ["
                            + (run.isBitSet(above.get(i)) ? "set" : "not set")
                            + "]: it belongs to Cgroup.nearestOnline");
        }
        requireFound(
                run, above, "that were added after " + leaving.get(0).cgroup().path() + " went offline");
    }

    static void nothingHappensAfterFree(ContractRun run) {
        for (Place place : run.places()) {
            run.add(place, run.manyObjects());
        }
        String name = run.handle().spec().name();
        // Under way while it is freed.
        CompletionStage<ReclaimReport> round =
                run.reclaimer().reclaim(ReclaimRequest.everywhere().startingAt(Shrinker.HIGHEST_PRIORITY));
        run.await(run.handle().free().thenRun(run.record()::freed));
        run.await(round);
        // There is something again that could be freed.
        for (Place place : run.places()) {
            run.add(place, run.manyObjects());
        }
        Queue<String> visits = new ConcurrentLinkedQueue<>();
        Runnable untrace = run.reclaimer().trace(event -> {
            if (event.shrinker().equals(name)) {
                visits.add("visit of " + event.cgroup() + " on node " + event.node());
            }
        });
        long before = run.held();
        run.fullRound();
        untrace.run();
        long left = run.held();
        List<String> late = new ArrayList<>(run.record().late());
        late.addAll(visits);
        run.require(
                run.isGone(before - left, 0) && late.isEmpty(),
                "it held [" + before + "] objects after its freeing was answered and [" + left
                        + "] after a later round; calls that came after the answer: " + late
                        + ". Is it registered twice, or does it work on in the background?");
    }

    static void reclaimerFindsNoFault(ContractRun run) {
        for (int priority = Shrinker.LOWEST_PRIORITY; priority >= Shrinker.HIGHEST_PRIORITY; priority--) {
            for (Place place : run.places()) {
                run.add(place, 1 + run.manyObjects() / 3);
            }
            run.round(ReclaimRequest.everywhere().startingAt(priority));
        }
        run.freeAll();
        run.fullRound();
        ShrinkerState state = run.handle().state();
        run.require(
                state.faults() == 0 && state.lateAnswers() == 0,
                "[" + state.faults() + "] calls of rounds were faults and [" + state.lateAnswers()
                        + "] were answered too late; the last fault: ["
                        + state.lastFault().orElse("none") + "]");
    }

    /** The places of a cgroup that can go offline. */
    private static List<Place> leaving(ContractRun run) {
        Cgroup cgroup = run.place().cgroup();
        return run.places().stream()
                .filter(place -> place.cgroup().equals(cgroup))
                .toList();
    }

    private static List<Place> above(ContractRun run, List<Place> places) {
        CgroupPath parent = places.get(0).cgroup().path().parent().orElseThrow();
        Cgroup cgroup = run.cgroup(parent);
        return places.stream().map(place -> new Place(cgroup, place.node())).toList();
    }

    private static void requireFound(ContractRun run, List<Place> places, String which) {
        long held = Saturating.sum(places.stream().mapToLong(run::held));
        // More than one for those that give a second chance.
        for (int round = 0; round < 4; round++) {
            run.fullRound();
        }
        long left = Saturating.sum(places.stream().mapToLong(run::held));
        run.require(
                left == 0, "[" + left + "] of [" + held + "] objects " + which + " were never found by full rounds");
    }

    private static String where(ContractRun run) {
        return run.places().stream()
                .filter(place -> run.held(place) > 0)
                .map(place -> run.held(place) + " in " + place
                        + (place.cgroup().path().isRoot() ? "" : run.isBitSet(place) ? " (bit set)" : " (bit not set)"))
                .toList()
                .toString();
    }
}
