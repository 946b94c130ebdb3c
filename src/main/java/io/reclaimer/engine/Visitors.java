package io.reclaimer.engine;

import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.TimerScheduler;
import io.reclaimer.engine.call.VisitDispatcher;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The data of all cgroups on their nodes, and its visitors: starts, replaces and removes them. Confined to the tree's
 * actor.
 */
final class Visitors {

    private final ActorContext<CgroupTree.Command> context;
    private final EngineContext engine;
    private final Passivation passivation;
    private final Set<CgroupPerNode> perNodes = new LinkedHashSet<>();

    Visitors(
            ActorContext<CgroupTree.Command> context, TimerScheduler<CgroupTree.Command> timers, EngineContext engine) {
        this.context = context;
        this.engine = engine;
        this.passivation = new Passivation(engine, timers, this::remove);
    }

    /** Returns the data of a cgroup on a node; makes it if there is none. */
    CgroupPerNode of(CgroupHandle cgroup, int node) {
        CgroupPerNode present = cgroup.onNode(node);
        if (present != null) {
            return present;
        }
        CgroupHandle parent = cgroup.parent();
        CgroupPerNode above = parent == null ? null : of(parent, node);
        if (node > 0) {
            of(cgroup, 0);
        }
        CgroupPerNode made =
                new CgroupPerNode(cgroup, node, above, engine.nanoTime().getAsLong());
        if (above != null) {
            above.childCount++;
            cgroup.takeKeptDeferred(node).forEach(made.units()::addDeferred);
            passivation.begin();
        }
        start(made);
        cgroup.add(made);
        perNodes.add(made);
        return made;
    }

    private void start(CgroupPerNode perNode) {
        Visitor visitor = new Visitor(perNode);
        visitor.withActor(context.spawnAnonymous(
                CgroupNode.create(engine, visitor), DispatcherSelector.fromConfig(VisitDispatcher.NAME)));
        context.watchWith(visitor.ref(), new CgroupTree.VisitorStopped(visitor));
        perNode.visitBy(visitor);
    }

    /** Whether the data was made and is not removed. */
    boolean contains(CgroupPerNode perNode) {
        return perNodes.contains(perNode);
    }

    /** Starts a new visitor in the place of one that is stuck or has stopped. */
    void replace(CgroupPerNode perNode) {
        start(perNode);
        perNode.visitor().tell(CgroupNode.TakeOver.INSTANCE);
    }

    /** Removes data whose bits and counts were given to the parent, or are kept in its own handle. */
    void remove(CgroupPerNode perNode) {
        perNodes.remove(perNode);
        perNode.remove();
        CgroupPerNode above = perNode.parent();
        if (above != null) {
            above.childCount--;
        }
        perNode.visitor().tell(CgroupNode.Retire.INSTANCE);
    }

    /**
     * Passivates some of the data that is idle.
     *
     * @return whether there is more to check now
     */
    boolean passivateIdle() {
        return passivation.check(perNodes);
    }
}
