package io.reclaimer.testkit;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimerState;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Assertions on a {@link ReclaimerTestKit}. Each one throws an {@link AssertionError} that says what is wrong and where to look.
 * Confined to the thread of the test.
 */
public final class ReclaimerTestKitAssert {

    private static final int MAX_CALLS_LISTED = 5;

    private final ReclaimerTestKit kit;

    private ReclaimerTestKitAssert(ReclaimerTestKit kit) {
        this.kit = kit;
    }

    public static ReclaimerTestKitAssert assertThat(ReclaimerTestKit kit) {
        Objects.requireNonNull(kit, "kit");
        return new ReclaimerTestKitAssert(kit);
    }

    /** Asserts that no round is under way, and no visit holds a shrinker. */
    public ReclaimerTestKitAssert isIdle() {
        ReclaimerState state = kit.state();
        check(
                state.runningRounds() == 0,
                "[%d] rounds are under way. Let them end: kit.await their reports, or kit.advance by their deadline",
                state.runningRounds());
        for (ReclaimerState.ShrinkerState shrinker : state.shrinkers()) {
            check(
                    shrinker.holds() == 0,
                    "Shrinker [%s] is held by [%d] visits that have not ended: does it complete its stages?",
                    shrinker.spec().name(),
                    shrinker.holds());
        }
        return this;
    }

    /** Asserts that no shrinker was called after the kit freed it. */
    public ReclaimerTestKitAssert neverCalledAfterFreed() {
        return noCalls(kit.callsAfterFreed());
    }

    /** Asserts that one shrinker was not called after the kit freed it. */
    public ReclaimerTestKitAssert neverCalledAfterFreed(ShrinkerHandle shrinker) {
        Objects.requireNonNull(shrinker, "shrinker");
        return noCalls(kit.callsAfterFreed(shrinker));
    }

    private ReclaimerTestKitAssert noCalls(List<ShrinkerCall> calls) {
        check(
                calls.isEmpty(),
                "Called after the free was answered: %s. This is an error of the reclaimer",
                calls.stream().limit(MAX_CALLS_LISTED).toList());
        return this;
    }

    /**
     * Asserts that no object is lost and none is counted twice: the objects added are those held now and those freed by scans.
     *
     * @param added the objects added since the shrinker was registered
     * @param held the objects held now, in all cgroups and on all nodes
     */
    public ReclaimerTestKitAssert conserves(ShrinkerHandle shrinker, long added, LongSupplier held) {
        Objects.requireNonNull(shrinker, "shrinker");
        Objects.requireNonNull(held, "held");
        long freed = freed(shrinker);
        long now = held.getAsLong();
        long accounted = Saturating.add(now, freed);
        check(
                added == accounted,
                "Shrinker [%s] does not conserve its objects: [%d] were added, [%d] are held, and its scans freed "
                        + "[%d]: %s. A scan has to return the objects that it removed, and a reparent has to move all",
                shrinker.spec().name(),
                added,
                now,
                freed,
                added > accounted ? added - accounted + " are lost" : accounted - added + " are too many");
        return this;
    }

    private long freed(ShrinkerHandle shrinker) {
        return Saturating.sum(kit.calls(shrinker).stream()
                .filter(call -> call.kind() == ShrinkerCall.Kind.SCAN)
                .mapToLong(call -> Math.max(0, call.result().orElse(0))));
    }

    /** Asserts that the bit of a shrinker is set in a cgroup on a node, so that rounds visit it there. */
    public ReclaimerTestKitAssert hasBit(ShrinkerHandle shrinker, Cgroup cgroup, int node) {
        Objects.requireNonNull(shrinker, "shrinker");
        check(
                kit.isBitSet(shrinker, cgroup, node),
                "Shrinker [%s] has not set its bit for [%s] on node [%d], so no round visits it there. Call "
                        + "handle.setBit(cgroup, node) after the first object was added where there were none",
                shrinker.spec().name(),
                cgroup.path(),
                node);
        return this;
    }

    /** Asserts that the bit of a shrinker is not set in a cgroup on a node, so that no round visits it there. */
    public ReclaimerTestKitAssert hasNoBit(ShrinkerHandle shrinker, Cgroup cgroup, int node) {
        Objects.requireNonNull(shrinker, "shrinker");
        check(
                !kit.isBitSet(shrinker, cgroup, node),
                "Shrinker [%s] has its bit set for [%s] on node [%d]. A count that returns EMPTY clears it, and the next object "
                        + "sets it again",
                shrinker.spec().name(),
                cgroup.path(),
                node);
        return this;
    }

    /** Asserts the deferred count of a shrinker in a cgroup on a node. */
    public ReclaimerTestKitAssert hasDeferred(ShrinkerHandle shrinker, Cgroup cgroup, int node, long objects) {
        Objects.requireNonNull(shrinker, "shrinker");
        long deferred = kit.deferred(shrinker, cgroup, node);
        check(
                deferred == objects,
                "The deferred count of shrinker [%s] is [%d] objects in [%s] on node [%d], not [%d]",
                shrinker.spec().name(),
                deferred,
                cgroup.path(),
                node,
                objects);
        return this;
    }

    /** Asserts that a shrinker was called for a cgroup. */
    public ReclaimerTestKitAssert wasCalledIn(ShrinkerHandle shrinker, String cgroup) {
        Objects.requireNonNull(shrinker, "shrinker");
        Objects.requireNonNull(cgroup, "cgroup");
        List<ShrinkerCall> calls = kit.calls(shrinker);
        check(
                calls.stream().anyMatch(call -> call.cgroup().equals(CgroupPath.of(cgroup))),
                "Shrinker [%s] was never called for [%s], but for %s. Is its bit set there?",
                shrinker.spec().name(),
                cgroup,
                calls.stream().map(call -> call.cgroup().toString()).distinct().collect(Collectors.toList()));
        return this;
    }

    /** Asserts that no call of a shrinker was a fault. */
    public ReclaimerTestKitAssert hasNoFaults(ShrinkerHandle shrinker) {
        return hasNoFaults(shrinker.state());
    }

    /** Asserts that no call of any shrinker was a fault. */
    public ReclaimerTestKitAssert hasNoFaults() {
        kit.state().shrinkers().forEach(this::hasNoFaults);
        return this;
    }

    private ReclaimerTestKitAssert hasNoFaults(ReclaimerState.ShrinkerState state) {
        check(
                state.faults() == 0,
                "Shrinker [%s] has [%d] faults; the last one: %s",
                state.spec().name(),
                state.faults(),
                state.lastFault().orElse(""));
        return this;
    }

    private static void check(boolean holds, String message, Object... values) {
        if (!holds) {
            throw new AssertionError(String.format(message, values));
        }
    }
}
