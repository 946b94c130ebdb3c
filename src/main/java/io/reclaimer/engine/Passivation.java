package io.reclaimer.engine;

import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The passivation of cgroups on nodes where they have been clean for {@code reclaimer.idle-after}: their visitors stop,
 * and their deferred counts are kept with the cgroup. Confined to the tree's actor.
 *
 * <p>Cgroups are checked at an interval, up to {@link #STRIDE} at a time. A cgroup without children on the node is
 * passivated in three steps. First its data is taken out of its handle, so that nobody finds it any more. Then the data
 * is closed, so that no pass begins there. Then its bits are read for the last time. If one is set, or a visit is under
 * way, the data is put back. Node 0 is passivated last, because it keeps counts of visits on the other nodes.
 */
final class Passivation {

    /** How many are checked in one message, so that the tree serves others meanwhile: well below a millisecond. */
    private static final int STRIDE = 1024;

    /** Checks in the time after which a cgroup is passivated. */
    private static final int CHECKS = 4;

    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(1);
    private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(15);

    private final EngineContext engine;
    private final TimerScheduler<CgroupTree.Command> timers;
    private final Consumer<CgroupPerNode> remove;
    private final long idleNanos;
    private final Duration interval;

    /** Those that are not checked yet in this series of checks; null between two series. */
    private @Nullable Iterator<CgroupPerNode> unchecked;

    private boolean checking;

    /** @param remove removes data whose cgroup was passivated on the node */
    Passivation(EngineContext engine, TimerScheduler<CgroupTree.Command> timers, Consumer<CgroupPerNode> remove) {
        this.engine = engine;
        this.timers = timers;
        this.remove = remove;
        Duration idleAfter = engine.settings().cgroups().idleAfter();
        this.idleNanos = idleAfter.toNanos();
        Duration share = idleAfter.dividedBy(CHECKS);
        this.interval = share.compareTo(SHORTEST_INTERVAL) < 0
                ? SHORTEST_INTERVAL
                : share.compareTo(LONGEST_INTERVAL) > 0 ? LONGEST_INTERVAL : share;
    }

    /** Begins to check, because there is data that may become idle. */
    void begin() {
        if (!checking) {
            checking = true;
            checkLater();
        }
    }

    private void checkLater() {
        timers.startSingleTimer(CgroupTree.CheckForIdle.INSTANCE, CgroupTree.CheckForIdle.INSTANCE, interval);
    }

    /**
     * Checks the next ones.
     *
     * @return whether there are more to check now
     */
    boolean check(Set<CgroupPerNode> all) {
        Iterator<CgroupPerNode> next = unchecked == null ? List.copyOf(all).iterator() : unchecked;
        long now = engine.nanoTime().getAsLong();
        for (int i = 0; i < STRIDE && next.hasNext(); i++) {
            CgroupPerNode perNode = next.next();
            if (perNode.listed && perNode.isClean()) {
                // A late visit has found it clean, and no round was told of that.
                perNode.unlistIfClean(now);
            } else if (perNode.isCleanFor(idleNanos, now) && all.contains(perNode) && mayBePassivated(perNode)) {
                passivateIfIdle(perNode);
            }
        }
        unchecked = next.hasNext() ? next : null;
        if (unchecked != null) {
            return true;
        }
        if (all.size() > engine.settings().nodes()) {
            checkLater();
        } else {
            checking = false;
        }
        return false;
    }

    private static boolean mayBePassivated(CgroupPerNode perNode) {
        CgroupHandle cgroup = perNode.cgroup();
        return !cgroup.isRoot()
                && cgroup.isOnline()
                && perNode.childCount == 0
                && perNode.retiredVisitors == 0
                && (perNode.node() > 0 || !cgroup.isOnNodeBeside(0));
    }

    private void passivateIfIdle(CgroupPerNode perNode) {
        CgroupHandle cgroup = perNode.cgroup();
        cgroup.remove(perNode);
        if (!perNode.close()) {
            cgroup.add(perNode);
            return;
        }
        if (!perNode.isClean()) {
            perNode.open();
            cgroup.add(perNode);
            return;
        }
        // Nobody adds to the counts now: visits on other nodes add to those of node 0, which is passivated last.
        cgroup.keepDeferred(perNode.node(), perNode.units().takeAllDeferred());
        remove.accept(perNode);
    }
}
