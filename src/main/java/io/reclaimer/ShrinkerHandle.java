package io.reclaimer;

import akka.Done;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** The handle of a shrinker, from its allocation until it is freed. Thread-safe. */
public final class ShrinkerHandle {

    private final ShrinkerEntry entry;
    private final Reclaimer reclaimer;

    ShrinkerHandle(ShrinkerEntry entry, Reclaimer reclaimer) {
        this.entry = entry;
        this.reclaimer = reclaimer;
    }

    ShrinkerEntry entry() {
        return entry;
    }

    void free(Reply<Done> replyTo) {
        entry.free(replyTo);
    }

    /** Returns the spec that was fixed at allocation. It is not cgroup aware if cgroups are disabled. */
    public ShrinkerSpec spec() {
        return entry.spec();
    }

    /** Returns its id, or -1 if it is not cgroup aware. */
    public int id() {
        return entry.id();
    }

    /** Returns its present state. Sends no message, so it returns at once whatever visits do. */
    public ReclaimerState.ShrinkerState state() {
        return StateView.of(entry);
    }

    /** Registers the shrinker: it is called from then on. Fails if it was registered before, or is freed. */
    public CompletionStage<ShrinkerHandle> register() {
        return reclaimer.register(this);
    }

    /**
     * Frees the shrinker. No new visit starts, and the stage is completed when the last visit under way has ended. From
     * then on the shrinker is never called again, and its id may be given to another one. A repeated call has the same
     * result.
     *
     * <p>Do not wait for the stage inside a call to the shrinker: its own visit is one of those that have to end.
     */
    public CompletionStage<Done> free() {
        return reclaimer.free(entry);
    }

    /**
     * Marks that the shrinker has objects in a cgroup on a node. Call it after the first object was added, or after
     * each one, which costs next to nothing if the bit is set. Thread-safe; returns at once. A round that starts right
     * after may miss the bit; the next pass sees it.
     *
     * <p>Does nothing for the root, whose pass asks every shrinker, for a shrinker that is not cgroup aware, for an
     * offline cgroup, and for a freed shrinker.
     *
     * @param node its number, from 0
     * @throws ReclaimerException if there is no such node
     */
    public void setBit(Cgroup cgroup, int node) {
        reclaimer.settings().nodeName(node);
        cgroup.handle().setBit(node, entry);
    }

    /**
     * Sets the bit like {@link #setBit(Cgroup, int)}, on a node that is named.
     *
     * @throws ReclaimerException if there is no such node
     */
    public void setBit(Cgroup cgroup, String node) {
        Objects.requireNonNull(cgroup, "cgroup");
        Objects.requireNonNull(node, "node");
        cgroup.handle().setBit(reclaimer.settings().node(node), entry);
    }

    /**
     * Reports refaults: objects that were asked for again soon after they were reclaimed. Thread-safe; costs little and
     * does not throw.
     *
     * @param objects the number of refaults since the last report; a number below 1 is ignored
     */
    public void recordRefaults(long objects) {
        entry.refaults().recordRefaults(objects);
    }

    /** Returns whether it is freed: true from the moment that freeing begins. */
    public boolean isFreed() {
        return entry.isFreeing();
    }

    /**
     * Lets the shrinker out of quarantine.
     *
     * @throws ReclaimerException where it is not in quarantine
     */
    public void endQuarantine() {
        if (!entry.faults().endQuarantine()) {
            throw new ReclaimerException(Reason.NOT_QUARANTINED, "Shrinker [" + entry + "] is not in quarantine");
        }
    }

    @Override
    public String toString() {
        return "ShrinkerHandle[" + entry + "]";
    }
}
