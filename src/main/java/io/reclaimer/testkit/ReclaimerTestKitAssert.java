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
 * What can be said of a {@link ReclaimerTestKit}. Each throws an {@link AssertionError} that says what is wrong and where to look.
 */
public final class ReclaimerTestKitAssert {

    private static final int MOST_CALLS_TOLD = 5;

    private final ReclaimerTestKit kit;

    private ReclaimerTestKitAssert(ReclaimerTestKit kit) {
        this.kit = kit;
    }

    public static ReclaimerTestKitAssert assertThat(ReclaimerTestKit kit) {
        Objects.requireNonNull(kit, "kit");
        return new ReclaimerTestKitAssert(kit);
    }

    /** No round is under way, and no visit holds a shrinker. */
    public ReclaimerTestKitAssert isIdle() {
        ReclaimerState state = kit.state();
        check(
                state.runningRounds() == 0,
                "[%d] rounds are under way. Let them end: kit.await what they answer, or kit.advance by their deadline",
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

    /** No shrinker that this kit freed was called after that. */
    public ReclaimerTestKitAssert neverCalledAfterFreed() {
        return noCalls(kit.callsAfterFreed());
    }

    /** That shrinker was not called after this kit freed it. */
    public ReclaimerTestKitAssert neverCalledAfterFreed(ShrinkerHandle shrinker) {
        Objects.requireNonNull(shrinker, "shrinker");
        return noCalls(kit.callsAfterFreed(shrinker));
    }

    private ReclaimerTestKitAssert noCalls(List<ShrinkerCall> calls) {
        check(
                calls.isEmpty(),
                "Called after it was freed: %s. Whoever answers a free must not answer before the last visit has ended",
                calls.stream().limit(MOST_CALLS_TOLD).toList());
        return this;
    }

    /**
     * Nothing is lost and nothing counted twice: what was added is what is held now and what scans said they freed.
     *
     * @param added objects since the shrinker was registered
     * @param held what it holds now, of all cgroups and nodes
     */
    public ReclaimerTestKitAssert conserves(ShrinkerHandle shrinker, long added, LongSupplier held) {
        Objects.requireNonNull(shrinker, "shrinker");
        Objects.requireNonNull(held, "held");
        long freed = freed(shrinker);
        long now = held.getAsLong();
        long known = Saturating.add(now, freed);
        check(
                added == known,
                "Shrinker [%s] does not conserve its objects: [%d] were added, [%d] are held, its scans said they freed "
                        + "[%d]: %s. Count what a scan frees by what it took out, and move all when a cgroup goes offline",
                shrinker.spec().name(),
                added,
                now,
                freed,
                added > known ? added - known + " are lost" : known - added + " are too many");
        return this;
    }

    private long freed(ShrinkerHandle shrinker) {
        return Saturating.sum(kit.calls(shrinker).stream()
                .filter(call -> call.kind() == ShrinkerCall.Kind.SCAN)
                .mapToLong(call -> Math.max(0, call.answer().orElse(0))));
    }

    /** Its bit is set in that cgroup on that node: rounds will find it. */
    public ReclaimerTestKitAssert setsItsBit(ShrinkerHandle shrinker, Cgroup cgroup, int node) {
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

    /** Its bit is not set there: rounds pass it by. */
    public ReclaimerTestKitAssert hasNoBit(ShrinkerHandle shrinker, Cgroup cgroup, int node) {
        Objects.requireNonNull(shrinker, "shrinker");
        check(
                !kit.isBitSet(shrinker, cgroup, node),
                "Shrinker [%s] has its bit set for [%s] on node [%d]. It is cleared when a count answers EMPTY, and not set again "
                        + "until an object is added",
                shrinker.spec().name(),
                cgroup.path(),
                node);
        return this;
    }

    /** It owes so many objects there. */
    public ReclaimerTestKitAssert defers(ShrinkerHandle shrinker, Cgroup cgroup, int node, long objects) {
        Objects.requireNonNull(shrinker, "shrinker");
        long deferred = kit.deferred(shrinker, cgroup, node);
        check(
                deferred == objects,
                "Shrinker [%s] owes [%d] objects in [%s] on node [%d], not [%d]",
                shrinker.spec().name(),
                deferred,
                cgroup.path(),
                node,
                objects);
        return this;
    }

    /** It was asked for something in that cgroup. */
    public ReclaimerTestKitAssert wasAskedIn(ShrinkerHandle shrinker, String cgroup) {
        Objects.requireNonNull(shrinker, "shrinker");
        Objects.requireNonNull(cgroup, "cgroup");
        List<ShrinkerCall> calls = kit.calls(shrinker);
        check(
                calls.stream().anyMatch(call -> call.cgroup().equals(CgroupPath.of(cgroup))),
                "Shrinker [%s] was never called in [%s]; it was in %s. Is its bit set there?",
                shrinker.spec().name(),
                cgroup,
                calls.stream().map(call -> call.cgroup().toString()).distinct().collect(Collectors.toList()));
        return this;
    }

    /** No call of it was a fault. */
    public ReclaimerTestKitAssert hasNoFaults(ShrinkerHandle shrinker) {
        ReclaimerState.ShrinkerState state = shrinker.state();
        check(
                state.faults() == 0,
                "Shrinker [%s] has [%d] faults; the last one: %s",
                shrinker.spec().name(),
                state.faults(),
                state.lastFault().orElse(""));
        return this;
    }

    /** No shrinker has one. */
    public ReclaimerTestKitAssert hasNoFaults() {
        for (ReclaimerState.ShrinkerState state : kit.state().shrinkers()) {
            check(
                    state.faults() == 0,
                    "Shrinker [%s] has [%d] faults; the last one: %s",
                    state.spec().name(),
                    state.faults(),
                    state.lastFault().orElse(""));
        }
        return this;
    }

    private static void check(boolean right, String message, Object... values) {
        if (!right) {
            throw new AssertionError(String.format(message, values));
        }
    }
}
