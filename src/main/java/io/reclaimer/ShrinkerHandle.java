package io.reclaimer;

import akka.Done;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.concurrent.CompletionStage;

/** A shrinker from its allocation until it is freed. Any thread. */
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

    /** What was fixed at its allocation. Not cgroup aware where cgroups are disabled. */
    public ShrinkerSpec spec() {
        return entry.spec();
    }

    /** Its id, or -1 where it is not cgroup aware. */
    public int id() {
        return entry.id();
    }

    /** What there is to say of it now; asks nobody, so it answers whatever visits do. */
    public ReclaimerState.ShrinkerState state() {
        return StateView.of(entry);
    }

    /** From the answer on the shrinker is called. Fails where it was registered before, or is freed. */
    public CompletionStage<ShrinkerHandle> register() {
        return reclaimer.register(this);
    }

    /**
     * Frees the shrinker: no new visit starts, and when the last one under way has ended this answers; from then on the
     * shrinker is never called again, and its id may be handed out to another. Asked again, it answers as the first time.
     *
     * <p>Don't wait for the answer inside the shrinker: its own visit is one of those that have to end.
     */
    public CompletionStage<Done> free() {
        return reclaimer.free(entry);
    }

    /**
     * Says that the shrinker has objects in a cgroup, on a node, where it had none before: call it after the first object
     * was added, or after each one, which costs next to nothing where the bit is set. Returns at once; a round that starts a moment later may miss it, the next pass sees
     * it.
     *
     * <p>Nothing happens for the root, whose pass asks every shrinker, for a shrinker that is not cgroup aware, for a
     * cgroup that is offline, and for a shrinker that is freed.
     *
     * @param node its number, from 0
     * @throws ReclaimerException where there is no such node
     */
    public void setBit(Cgroup cgroup, int node) {
        reclaimer.settings().nodeName(node);
        cgroup.handle().setBit(node, entry);
    }

    /**
     * The same as {@link #setBit(Cgroup, int)}, for a node by its name.
     *
     * @throws ReclaimerException where there is no such node
     */
    public void setBit(Cgroup cgroup, String node) {
        cgroup.handle().setBit(reclaimer.settings().node(node), entry);
    }

    /**
     * Reports that objects were asked for again soon after they were reclaimed: refaults. Any thread, at little cost;
     * does not throw.
     *
     * @param objects how many more; below 1 is ignored
     */
    public void refaulted(long objects) {
        entry.refaults().refaulted(objects);
    }

    /** True from the moment that freeing begins. */
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
