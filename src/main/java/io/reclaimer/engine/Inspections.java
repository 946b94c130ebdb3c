package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.ActorContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Requests to see all pairs: those that wait until no pair is on its way to rest, and those under way. The tree's alone. */
final class Inspections {

    private final ActorContext<CgroupTree.Command> tree;
    private final Published published;
    private final List<CgroupTree.Inspect> waiting = new ArrayList<>();
    private int running;

    Inspections(ActorContext<CgroupTree.Command> tree, Published published) {
        this.tree = tree;
        this.published = published;
    }

    void add(CgroupTree.Inspect request) {
        waiting.add(request);
    }

    boolean areWaiting() {
        return !waiting.isEmpty();
    }

    /** Whether pairs are being asked, or are to be. */
    boolean areUnderWay() {
        return running > 0 || areWaiting();
    }

    /** Begins all that wait. */
    void begin(Collection<CgroupHandle> cgroups, Set<Pair> pairs, int nrMax) {
        List<CgroupHandle> online =
                cgroups.stream().filter(CgroupHandle::isOnline).toList();
        for (CgroupTree.Inspect request : waiting) {
            running++;
            ActorRef<Inspection.Command> inspection = tree.spawnAnonymous(
                    Inspection.create(published, online, List.copyOf(pairs), nrMax, request.replyTo()),
                    DispatcherSelector.sameAsParent());
            tree.watchWith(inspection, new CgroupTree.InspectionEnded());
        }
        waiting.clear();
    }

    /** One has ended. */
    void ended() {
        running--;
    }
}
