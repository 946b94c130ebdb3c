package io.reclaimer.testkit.contract;

import static java.util.Objects.requireNonNull;

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
import io.reclaimer.testkit.CallLog;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The subject of a {@link ShrinkerContract}: a new, empty shrinker, with functions that add an object as the application does, and
 * that tell how many objects there are. Immutable.
 *
 * <p>Only the contract may use the shrinker meanwhile: otherwise its sums are wrong.
 */
public final class ContractSubject {

    /** Adds objects, as the application does. */
    @FunctionalInterface
    public interface ObjectSource {
        /**
         * Adds one new object for a cgroup on a node, and sets the bit where it is the first one. The object is there when this
         * returns. Called by several threads at the same time.
         *
         * @param cgroup the root for a shrinker that is not cgroup aware
         */
        void add(ShrinkerHandle handle, Cgroup cgroup, int node);
    }

    /** Tells how many objects there are. */
    @FunctionalInterface
    public interface ObjectCounter {
        /** The exact number of objects of a cgroup on a node that could be freed. Called while nothing else is under way. */
        long objects(Cgroup cgroup, int node);
    }

    /**
     * The ways to call and to register one kind of shrinker.
     *
     * @param hasCancellation whether a scan is told that its round is over
     */
    record Access(
            Function<ActorSystem<?>, ShrinkerCalls> calls,
            BiFunction<Reclaimer, CallLog, CompletionStage<ShrinkerHandle>> registration,
            boolean hasCancellation) {

        static Access to(
                ShrinkerCalls calls, BiFunction<Reclaimer, CallLog, CompletionStage<ShrinkerHandle>> registration) {
            return new Access(system -> calls, registration, true);
        }

        static Access to(
                ActorRef<ShrinkerMessage> shrinker,
                BiFunction<Reclaimer, CallLog, CompletionStage<ShrinkerHandle>> registration) {
            return new Access(system -> ShrinkerCalls.of(shrinker, system), registration, false);
        }
    }

    /**
     * Where and how the shrinker differs from a plain one.
     *
     * @param cgroups empty for all
     * @param nodes empty for all
     */
    private record Traits(
            boolean estimates,
            boolean dropsByItself,
            long batchObjects,
            List<CgroupPath> cgroups,
            List<Integer> nodes) {}

    private static final Traits PLAIN = new Traits(false, false, 1, List.of(), List.of());

    private final ShrinkerSpec spec;
    private final Access access;
    private final Optional<ObjectSource> source;
    private final Optional<ObjectCounter> counter;
    private final Traits traits;

    private ContractSubject(
            ShrinkerSpec spec,
            Access access,
            Optional<ObjectSource> source,
            Optional<ObjectCounter> counter,
            Traits traits) {
        this.spec = spec;
        this.access = access;
        this.source = source;
        this.counter = counter;
        this.traits = traits;
    }

    private static ContractSubject of(ShrinkerSpec spec, Access access) {
        return new ContractSubject(spec, access, Optional.empty(), Optional.empty(), PLAIN);
    }

    /** A shrinker that the contract registers. */
    public static ContractSubject of(ShrinkerSpec spec, Shrinker shrinker) {
        requireNonNull(spec, "spec");
        requireNonNull(shrinker, "shrinker");
        return of(
                spec,
                Access.to(
                        ShrinkerCalls.of(shrinker),
                        (reclaimer, log) -> reclaimer.register(spec, log.recording(shrinker))));
    }

    /** A shrinker that returns stages, which the contract registers. */
    public static ContractSubject of(ShrinkerSpec spec, AsyncShrinker shrinker) {
        requireNonNull(spec, "spec");
        requireNonNull(shrinker, "shrinker");
        return of(
                spec,
                Access.to(
                        ShrinkerCalls.of(shrinker),
                        (reclaimer, log) -> reclaimer.register(spec, log.recording(shrinker))));
    }

    /** A shrinker that is an actor, which the contract registers. */
    public static ContractSubject of(ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker) {
        requireNonNull(spec, "spec");
        requireNonNull(shrinker, "shrinker");
        return of(spec, Access.to(shrinker, (reclaimer, log) -> reclaimer.register(spec, shrinker)));
    }

    /** A shrinker that has registered itself, with the reclaimer that the contract gave it. */
    public static ContractSubject registered(ShrinkerHandle handle, Shrinker shrinker) {
        requireNonNull(shrinker, "shrinker");
        return of(handle.spec(), Access.to(ShrinkerCalls.of(shrinker), present(handle)));
    }

    /** As {@link #registered(ShrinkerHandle, Shrinker)}, for a shrinker that returns stages. */
    public static ContractSubject registered(ShrinkerHandle handle, AsyncShrinker shrinker) {
        requireNonNull(shrinker, "shrinker");
        return of(handle.spec(), Access.to(ShrinkerCalls.of(shrinker), present(handle)));
    }

    /** As {@link #registered(ShrinkerHandle, Shrinker)}, for an actor. */
    public static ContractSubject registered(ShrinkerHandle handle, ActorRef<ShrinkerMessage> shrinker) {
        requireNonNull(shrinker, "shrinker");
        return of(handle.spec(), Access.to(shrinker, present(handle)));
    }

    private static BiFunction<Reclaimer, CallLog, CompletionStage<ShrinkerHandle>> present(ShrinkerHandle handle) {
        return (reclaimer, log) -> CompletableFuture.completedStage(handle);
    }

    /** Sets the function that adds an object. Required. Returns a copy, as all methods below. */
    public ContractSubject adds(ObjectSource newSource) {
        requireNonNull(newSource, "newSource");
        return new ContractSubject(spec, access, Optional.of(newSource), counter, traits);
    }

    /** Sets the function that tells how many objects there are. Required. */
    public ContractSubject holds(ObjectCounter newCounter) {
        requireNonNull(newCounter, "newCounter");
        return new ContractSubject(spec, access, source, Optional.of(newCounter), traits);
    }

    /** Declares that counts are estimates. */
    public ContractSubject estimates() {
        return with(new Traits(true, traits.dropsByItself, traits.batchObjects, traits.cgroups, traits.nodes));
    }

    /**
     * Declares that the shrinker may drop objects by itself at any time, at a maximum or an expiration. Then a sum that comes out
     * short breaks no clause.
     */
    public ContractSubject dropsByItself() {
        return with(new Traits(traits.estimates, true, traits.batchObjects, traits.cgroups, traits.nodes));
    }

    /**
     * Declares that scans free whole batches, and so may free more than they are asked for.
     *
     * @param objects the objects of a batch: at least 1
     */
    public ContractSubject wholeBatches(long objects) {
        if (objects < 1) {
            throw new IllegalArgumentException("A batch is [" + objects + "] objects but has to be 1 or more");
        }
        return with(new Traits(traits.estimates, traits.dropsByItself, objects, traits.cgroups, traits.nodes));
    }

    /** Declares that objects are in one of {@link ShrinkerContract#CGROUPS} only. */
    public ContractSubject onlyIn(CgroupPath cgroup) {
        requireNonNull(cgroup, "cgroup");
        if (!ShrinkerContract.CGROUPS.contains(cgroup)) {
            throw new IllegalArgumentException(
                    "The cgroup is [" + cgroup + "] but has to be one of " + ShrinkerContract.CGROUPS);
        }
        return with(
                new Traits(traits.estimates, traits.dropsByItself, traits.batchObjects, List.of(cgroup), traits.nodes));
    }

    /** Declares that objects are on one node only. */
    public ContractSubject onlyOnNode(int node) {
        return with(
                new Traits(traits.estimates, traits.dropsByItself, traits.batchObjects, traits.cgroups, List.of(node)));
    }

    private ContractSubject with(Traits newTraits) {
        return new ContractSubject(spec, access, source, counter, newTraits);
    }

    ShrinkerSpec spec() {
        return spec;
    }

    Access access() {
        return access;
    }

    ObjectSource source() {
        return source.orElseThrow(() -> missing("adds", "add an object to it"));
    }

    ObjectCounter counter() {
        return counter.orElseThrow(() -> missing("holds", "see how many objects it has"));
    }

    boolean isEstimating() {
        return traits.estimates;
    }

    boolean isDroppingByItself() {
        return traits.dropsByItself;
    }

    long batchObjects() {
        return traits.batchObjects;
    }

    /** The cgroups where it may have objects. */
    List<CgroupPath> cgroups() {
        if (!spec.isCgroupAware()) {
            return List.of(CgroupPath.root());
        }
        return traits.cgroups.isEmpty() ? ShrinkerContract.CGROUPS : traits.cgroups;
    }

    /**
     * The nodes where it may have objects.
     *
     * @param all the number of nodes
     */
    List<Integer> nodes(int all) {
        if (!spec.isNumaAware()) {
            return List.of(0);
        }
        return traits.nodes.isEmpty() ? IntStream.range(0, all).boxed().toList() : traits.nodes;
    }

    private IllegalStateException missing(String method, String purpose) {
        return new IllegalStateException("The contract of shrinker [" + spec.name()
                + "] can't be checked without a way to " + purpose + ": give one with ContractSubject." + method);
    }
}
