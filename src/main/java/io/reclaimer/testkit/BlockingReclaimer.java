package io.reclaimer.testkit;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ReclaimerState;
import io.reclaimer.ReclaimerState.CgroupState;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * A reclaimer whose calls return when they are answered, for tests. {@link ReclaimerTestKit} runs it in virtual time,
 * {@link ReclaimerTestSystem} in real time.
 *
 * <p>A call that the reclaimer refuses throws the {@link ReclaimerException} of its stage.
 */
public interface BlockingReclaimer {

    ActorSystem<?> system();

    /** The reclaimer itself, for all that this interface does not have. */
    default Reclaimer reclaimer() {
        return Reclaimer.get(system());
    }

    /**
     * Waits for a stage, and returns its value.
     *
     * @throws RuntimeException the failure of the stage, without a {@code CompletionException} around it
     */
    <T> T await(CompletionStage<T> stage);

    /** Waits until the reclaimer refuses a call, and returns the reason. Fails the test where the call succeeds. */
    default ReclaimerException refusal(CompletionStage<?> stage) {
        try {
            Object value = await(stage);
            throw new AssertionError("The call was not refused; its value is [" + value + "]");
        } catch (ReclaimerException e) {
            return e;
        }
    }

    /** Brings a cgroup online, with all cgroups above it. */
    default Cgroup online(String path) {
        return await(reclaimer().onlineWithParents(path));
    }

    default void offline(String path) {
        await(reclaimer().offline(path));
    }

    default ShrinkerHandle register(ShrinkerSpec spec, Shrinker shrinker) {
        return await(reclaimer().register(spec, shrinker));
    }

    default ShrinkerHandle register(ShrinkerSpec spec, AsyncShrinker shrinker) {
        return await(reclaimer().register(spec, shrinker));
    }

    default ShrinkerHandle register(ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker) {
        return await(reclaimer().register(spec, shrinker));
    }

    /** Allocates a shrinker, which is not called before it is registered. */
    default ShrinkerHandle allocate(ShrinkerSpec spec, Shrinker shrinker) {
        return await(reclaimer().allocate(spec, shrinker));
    }

    /** Runs a round, and returns its report. */
    default ReclaimReport reclaim(ReclaimRequest request) {
        return await(reclaimer().reclaim(request));
    }

    /** Runs one pass: the visits of one cgroup, without its descendants, on one node at one priority. */
    default ReclaimReport pass(String cgroup, int node, int priority) {
        Objects.requireNonNull(cgroup, "cgroup");
        return reclaim(
                ReclaimRequest.in(cgroup).withoutDescendants().onNodes(node).startingAt(priority));
    }

    /** The state of the reclaimer, which includes every bit that was set before. */
    default ReclaimerState state() {
        return await(reclaimer().state());
    }

    /** The state of an online cgroup on a node. Fails the test where the cgroup is not online. */
    default CgroupState state(String cgroup, int node) {
        CgroupPath path = CgroupPath.of(Objects.requireNonNull(cgroup, "cgroup"));
        return state().cgroups().stream()
                .filter(state -> state.cgroup().equals(path) && state.node() == node)
                .findFirst()
                .orElseThrow(() -> new AssertionError("[" + cgroup + "] is not online on node [" + node + "]"));
    }

    /** Whether the bit of a shrinker is set in a cgroup on a node. */
    default boolean isBitSet(ShrinkerHandle shrinker, Cgroup cgroup, int node) {
        Objects.requireNonNull(shrinker, "shrinker");
        Objects.requireNonNull(cgroup, "cgroup");
        return state(cgroup.path().toString(), node).bits().contains(shrinker.id());
    }

    /** The deferred count of a shrinker in a cgroup on a node, in objects. */
    default long deferred(ShrinkerHandle shrinker, Cgroup cgroup, int node) {
        Objects.requireNonNull(shrinker, "shrinker");
        Objects.requireNonNull(cgroup, "cgroup");
        return state(cgroup.path().toString(), node).deferred().getOrDefault(shrinker.id(), 0L);
    }

    /** Waits until a round would find every bit that was set before. */
    default void settle() {
        state();
    }
}
