package io.reclaimer.testkit.contract;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ReclaimerState.ShrinkerState;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Registration;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.ShrinkerCall;
import io.reclaimer.testkit.contract.ContractRun.Place;
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

/** The clauses about the shrinker, the application and the reclaimer together, with rounds of a real reclaimer. */
final class RoundClauses {

    private static final int ADDING_THREADS = 4;

    /** Enough for each thread to add in every place during many rounds. */
    private static final int ADDED_BY_THREAD = 200;

    /** The objects that a thread adds before it waits for the next visit, so that not all come between two visits. */
    private static final int ADDED_AT_A_TIME = 4;

    /** More than one, for shrinkers with a second chance. */
    private static final int ROUNDS_TO_FIND = 4;

    private static final long POLL_NANOS = 10_000;

    private RoundClauses() {}

    static void bitIsSetWithTheFirstObject(ContractRun run) {
        for (int time = 1; time <= 2; time++) {
            for (Place place : run.places()) {
                run.add(place, 1);
                run.require(
                        run.isBitSet(place),
                        "the first object was added in " + place
                                + (time == 1 ? "" : ", which had been emptied before,")
                                + " and its bit was not set: call ShrinkerHandle.setBit after it was added");
            }
            // The second round clears the bits, where the shrinker answers EMPTY.
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
        long after = run.held();
        run.require(
                after == 0,
                "[" + after + "] of [" + before + "] objects were never found by full rounds: " + where(run));
        run.require(
                run.isGone(before - after, freed),
                "rounds report [" + freed + "] freed objects, but [" + (before - after) + "] are gone");
    }

    static void addsDuringRoundsAreFound(ContractRun run) {
        long freed = addDuringRounds(run);
        freed = Saturating.add(freed, run.freeAll());
        long added = (long) ADDING_THREADS * ADDED_BY_THREAD;
        long after = run.held();
        run.require(
                after == 0,
                "[" + after + "] of [" + added + "] objects that were added during rounds were never found by later"
                        + " ones: " + where(run) + "; add first, set the bit after");
        run.require(
                run.isGone(added - after, freed),
                "[" + added + "] objects were added during rounds, which report [" + freed
                        + "] freed objects, and none is left");
    }

    /** Adds objects with several threads while rounds are under way. Returns the objects that these rounds freed. */
    private static long addDuringRounds(ContractRun run) {
        // The threads wait for the next visit or, as there may be none, for the end of a round.
        AtomicInteger events = new AtomicInteger();
        AtomicBoolean isOver = new AtomicBoolean();
        Registration trace = run.reclaimer().trace(event -> {
            if (event instanceof TraceEvent.Start) {
                events.incrementAndGet();
            }
        });
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < ADDING_THREADS; i++) {
            int first = i;
            threads.add(CompletableFuture.runAsync(
                    () -> addWhileRoundsRun(run, first, events, isOver), ShrinkerCalls.threads()));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new));
        long freed = 0;
        try {
            while (!all.isDone()) {
                freed = Saturating.add(freed, run.round(ContractRun.FULL).freedObjects());
                events.incrementAndGet();
            }
        } finally {
            isOver.set(true);
            trace.close();
        }
        try {
            all.join();
        } catch (CompletionException e) {
            throw run.broken("an object could not be added while rounds were under way: [" + e.getCause() + "]", e);
        }
        return freed;
    }

    /** @param isOver whether no round follows any more */
    private static void addWhileRoundsRun(ContractRun run, int first, AtomicInteger events, AtomicBoolean isOver) {
        for (int i = 0; i < ADDED_BY_THREAD; i++) {
            if (i % ADDED_AT_A_TIME == 0) {
                int seen = events.get();
                while (events.get() == seen && !isOver.get()) {
                    LockSupport.parkNanos(POLL_NANOS);
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
            long kept = run.held(leaving.get(i));
            long moved = run.held(above.get(i));
            run.require(
                    kept == 0 && run.isGone(before.get(i) - moved, 0),
                    leaving.get(i) + " went offline with [" + before.get(i) + "] objects; now its parent has [" + moved
                            + "] and it has [" + kept + "]: reparent has to move all");
            run.require(
                    moved == 0 || run.isBitSet(above.get(i)),
                    leaving.get(i) + " went offline with [" + before.get(i) + "] objects, but the bit of its parent is"
                            + " not set: reparent has to return the number of moved objects");
        }
        requireFound(run, above, "that moved when " + leaving.get(0).cgroup().path() + " went offline");
    }

    static void lateAddsGoUp(ContractRun run) {
        List<Place> leaving = leaving(run);
        List<Place> above = above(run, leaving);
        run.await(run.reclaimer().offline(leaving.get(0).cgroup().path()));
        for (int i = 0; i < leaving.size(); i++) {
            run.add(leaving.get(i), 1);
            long kept = run.held(leaving.get(i));
            long moved = run.held(above.get(i));
            run.require(
                    kept == 0 && run.isGone(1 - moved, 0) && run.isBitSet(above.get(i)),
                    "an object was added for " + leaving.get(i) + " after that went offline; now it has [" + kept
                            + "], its parent has [" + moved + "], and the parent's bit is ["
                            + (run.isBitSet(above.get(i)) ? "set" : "not set")
                            + "]: the object belongs to Cgroup.nearestOnline");
        }
        requireFound(
                run, above, "that were added after " + leaving.get(0).cgroup().path() + " went offline");
    }

    static void nothingHappensAfterFree(ContractRun run) {
        for (Place place : run.places()) {
            run.add(place, run.manyObjects());
        }
        String name = run.handle().spec().name();
        // The free comes while a round is under way.
        CompletionStage<ReclaimReport> round =
                run.reclaimer().reclaim(ReclaimRequest.everywhere().startingAt(Shrinker.HIGHEST_PRIORITY));
        run.await(run.handle().free().thenRun(run.log()::markFreed));
        run.await(round);
        // New objects, which a call would free.
        for (Place place : run.places()) {
            run.add(place, run.manyObjects());
        }
        Queue<String> visits = new ConcurrentLinkedQueue<>();
        Registration trace = run.reclaimer().trace(event -> {
            if (event.shrinker().equals(name)) {
                visits.add("visit of " + event.cgroup() + " on node " + event.node());
            }
        });
        long before = run.held();
        run.fullRound();
        trace.close();
        long after = run.held();
        List<String> late = new ArrayList<>();
        run.log().callsAfterFreed().stream().map(ShrinkerCall::toString).forEach(late::add);
        late.addAll(visits);
        run.require(
                run.isGone(before - after, 0) && late.isEmpty(),
                "it held [" + before + "] objects after its free was answered and [" + after
                        + "] after a later round; calls that came after the answer: " + late
                        + ". Is it registered twice, or does it free objects in the background?");
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
                state.faults() == 0 && state.lateReplies() == 0,
                "[" + state.faults() + "] calls of rounds were faults and [" + state.lateReplies()
                        + "] were answered too late; the last fault: ["
                        + state.lastFault().orElse("none") + "]");
    }

    /** The places of the cgroup that goes offline. */
    private static List<Place> leaving(ContractRun run) {
        Cgroup cgroup = run.place().cgroup();
        return run.places().stream()
                .filter(place -> place.cgroup().equals(cgroup))
                .toList();
    }

    /** The same nodes of the parent. */
    private static List<Place> above(ContractRun run, List<Place> places) {
        CgroupPath parent = places.get(0).cgroup().path().parent().orElseThrow();
        Cgroup cgroup = run.cgroup(parent);
        return places.stream().map(place -> new Place(cgroup, place.node())).toList();
    }

    private static void requireFound(ContractRun run, List<Place> places, String which) {
        long before = held(run, places);
        for (int round = 0; round < ROUNDS_TO_FIND; round++) {
            run.fullRound();
        }
        long after = held(run, places);
        run.require(
                after == 0,
                "[" + after + "] of [" + before + "] objects " + which + " were never found by full rounds");
    }

    private static long held(ContractRun run, List<Place> places) {
        return Saturating.sum(places.stream().mapToLong(run::held));
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
