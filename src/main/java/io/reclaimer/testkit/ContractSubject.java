package io.reclaimer.testkit;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The shrinker that a {@link ShrinkerContract} is about: new, empty, with what it takes to put objects into it as the
 * application does, and to see how many it holds. Immutable.
 *
 * <p>Nothing but the contract may use the shrinker meanwhile: otherwise sums do not come out.
 */
public final class ContractSubject {

    /** Adds objects. */
    @FunctionalInterface
    public interface Adding {
        /**
         * Adds one more object, which is not there yet, for {@code cgroup} (the root for a shrinker that is not cgroup
         * aware) on {@code node}, and sets the bit where it is the first, as the application does. The object is there
         * when this returns. Called by several threads at the same time.
         */
        void add(ShrinkerHandle handle, Cgroup cgroup, int node);
    }

    /** Tells how many objects there are. */
    @FunctionalInterface
    public interface Holding {
        /** How many objects {@code cgroup} has on {@code node} that could be freed: exactly, while nothing goes on. */
        long objects(Cgroup cgroup, int node);
    }

    /** The same way to call each kind of shrinker. */
    record Door(
            Function<ActorSystem<?>, AsyncShrinker> calls,
            BiFunction<Reclaimer, CallRecord, CompletionStage<ShrinkerHandle>> registration,
            boolean isToldOfCancellation) {}

    /** What it does not do as all others: empty lists are for everywhere. */
    private record Limits(
            boolean estimates,
            boolean dropsByItself,
            long batchObjects,
            List<CgroupPath> cgroups,
            List<Integer> nodes) {}

    private static final Limits NONE = new Limits(false, false, 1, List.of(), List.of());

    private final ShrinkerSpec spec;
    private final Door door;
    private final Optional<Adding> adding;
    private final Optional<Holding> holding;
    private final Limits limits;

    private ContractSubject(
            ShrinkerSpec spec, Door door, Optional<Adding> adding, Optional<Holding> holding, Limits limits) {
        this.spec = spec;
        this.door = door;
        this.adding = adding;
        this.holding = holding;
        this.limits = limits;
    }

    private static ContractSubject of(ShrinkerSpec spec, Door door) {
        return new ContractSubject(spec, door, Optional.empty(), Optional.empty(), NONE);
    }

    /** A shrinker that the contract registers. */
    public static ContractSubject of(ShrinkerSpec spec, Shrinker shrinker) {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(shrinker, "shrinker");
        return of(
                spec,
                new Door(
                        system -> ContractCalls.to(shrinker),
                        (reclaimer, record) -> reclaimer.register(spec, record.around(shrinker)),
                        true));
    }

    /** A shrinker that answers later, which the contract registers. */
    public static ContractSubject of(ShrinkerSpec spec, AsyncShrinker shrinker) {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(shrinker, "shrinker");
        return of(
                spec,
                new Door(
                        system -> ContractCalls.to(shrinker),
                        (reclaimer, record) -> reclaimer.register(spec, record.around(shrinker)),
                        true));
    }

    /** An actor that is a shrinker, which the contract registers. */
    public static ContractSubject of(ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker) {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(shrinker, "shrinker");
        return of(
                spec,
                new Door(
                        system -> ContractCalls.to(shrinker, system),
                        (reclaimer, record) -> reclaimer.register(spec, shrinker),
                        false));
    }

    /** A shrinker that has registered itself, with the reclaimer that the contract gave it. */
    public static ContractSubject registered(ShrinkerHandle handle, Shrinker shrinker) {
        Objects.requireNonNull(shrinker, "shrinker");
        return of(handle.spec(), new Door(system -> ContractCalls.to(shrinker), registeredAs(handle), true));
    }

    /** One that answers later, and has registered itself. */
    public static ContractSubject registered(ShrinkerHandle handle, AsyncShrinker shrinker) {
        Objects.requireNonNull(shrinker, "shrinker");
        return of(handle.spec(), new Door(system -> ContractCalls.to(shrinker), registeredAs(handle), true));
    }

    /** An actor that has registered itself. */
    public static ContractSubject registered(ShrinkerHandle handle, ActorRef<ShrinkerMessage> shrinker) {
        Objects.requireNonNull(shrinker, "shrinker");
        return of(handle.spec(), new Door(system -> ContractCalls.to(shrinker, system), registeredAs(handle), false));
    }

    private static BiFunction<Reclaimer, CallRecord, CompletionStage<ShrinkerHandle>> registeredAs(
            ShrinkerHandle handle) {
        return (reclaimer, record) -> CompletableFuture.completedStage(handle);
    }

    /** The same, with the way to add an object. Needed. */
    public ContractSubject adds(Adding newAdding) {
        Objects.requireNonNull(newAdding, "newAdding");
        return new ContractSubject(spec, door, Optional.of(newAdding), holding, limits);
    }

    /** The same, with the way to see how many objects there are. Needed. */
    public ContractSubject holds(Holding newHolding) {
        Objects.requireNonNull(newHolding, "newHolding");
        return new ContractSubject(spec, door, adding, Optional.of(newHolding), limits);
    }

    /** The same, whose counts are not exact. */
    public ContractSubject estimates() {
        return with(new Limits(true, limits.dropsByItself, limits.batchObjects, limits.cgroups, limits.nodes));
    }

    /**
     * The same, whose objects may go by themselves at any time (a maximum, an expiration): then sums that come out short
     * break no clause.
     */
    public ContractSubject dropsByItself() {
        return with(new Limits(limits.estimates, true, limits.batchObjects, limits.cgroups, limits.nodes));
    }

    /**
     * The same, whose scans free whole batches, and so may free more than they are asked for.
     *
     * @param objects how many there are in one: at least 1
     */
    public ContractSubject wholeBatches(long objects) {
        if (objects < 1) {
            throw new IllegalArgumentException("A batch is [" + objects + "] objects but has to be 1 or more");
        }
        return with(new Limits(limits.estimates, limits.dropsByItself, objects, limits.cgroups, limits.nodes));
    }

    /** The same, which has objects in this one of {@link ShrinkerContract#CGROUPS} only. */
    public ContractSubject onlyIn(CgroupPath cgroup) {
        Objects.requireNonNull(cgroup, "cgroup");
        if (!ShrinkerContract.CGROUPS.contains(cgroup)) {
            throw new IllegalArgumentException(
                    "The cgroup is [" + cgroup + "] but has to be one of " + ShrinkerContract.CGROUPS);
        }
        return with(
                new Limits(limits.estimates, limits.dropsByItself, limits.batchObjects, List.of(cgroup), limits.nodes));
    }

    /** The same, which has objects on this node only. */
    public ContractSubject onlyOnNode(int node) {
        return with(
                new Limits(limits.estimates, limits.dropsByItself, limits.batchObjects, limits.cgroups, List.of(node)));
    }

    private ContractSubject with(Limits newLimits) {
        return new ContractSubject(spec, door, adding, holding, newLimits);
    }

    ShrinkerSpec spec() {
        return spec;
    }

    Door door() {
        return door;
    }

    Adding adding() {
        return adding.orElseThrow(() -> missing("adds", "add an object to it"));
    }

    Holding holding() {
        return holding.orElseThrow(() -> missing("holds", "see how many objects it has"));
    }

    boolean isEstimating() {
        return limits.estimates;
    }

    boolean isDroppingByItself() {
        return limits.dropsByItself;
    }

    long batchObjects() {
        return limits.batchObjects;
    }

    /** Where it may have objects. */
    List<CgroupPath> cgroups() {
        if (!spec.cgroupAware()) {
            return List.of(CgroupPath.root());
        }
        return limits.cgroups.isEmpty() ? ShrinkerContract.CGROUPS : limits.cgroups;
    }

    /**
     * On which nodes it may have objects.
     *
     * @param all how many there are
     */
    List<Integer> nodes(int all) {
        if (!spec.numaAware()) {
            return List.of(0);
        }
        return limits.nodes.isEmpty() ? IntStream.range(0, all).boxed().toList() : limits.nodes;
    }

    private IllegalStateException missing(String method, String purpose) {
        return new IllegalStateException("The contract of shrinker [" + spec.name()
                + "] can't be checked without a way to " + purpose + ": give one with ContractSubject." + method);
    }
}
