package io.reclaimer.engine;

import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Pairs that have been clean for {@code reclaimer.idle-after} become data again: their actors end, and what they owe is kept with
 * the cgroup. Confined to the tree's actor.
 *
 * <p>Pairs are looked at now and then, some at a time. One with no pair below it leaves its cgroup's handle first, so that nobody
 * finds it any more; then it is closed, so that no pass begins in it; then its bits are looked at for the last time. Where one is
 * set, or somebody is at work in it, it comes back. Node 0's goes last, for it keeps counts of visits on the others.
 */
final class Passivation {

    /** How many pairs are looked at in one go, so that the tree answers others meanwhile: well below a millisecond. */
    private static final int STRIDE = 1024;

    /** How often they are looked at, as a share of the time after which they end, within bounds. */
    private static final int LOOKS = 4;

    private static final Duration SHORTEST_LOOK = Duration.ofMillis(1);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(15);

    private final Published published;
    private final TimerScheduler<CgroupTree.Command> timers;
    private final Consumer<Pair> remove;
    private final long idleNanos;
    private final Duration timeToLook;
    private @Nullable Iterator<Pair> left;
    private boolean looking;

    /** @param remove takes out a pair that is no more */
    Passivation(Published published, TimerScheduler<CgroupTree.Command> timers, Consumer<Pair> remove) {
        this.published = published;
        this.timers = timers;
        this.remove = remove;
        Duration idleAfter = published.settings().idleAfter();
        this.idleNanos = idleAfter.toNanos();
        Duration share = idleAfter.dividedBy(LOOKS);
        this.timeToLook = share.compareTo(SHORTEST_LOOK) < 0
                ? SHORTEST_LOOK
                : share.compareTo(LONGEST_LOOK) > 0 ? LONGEST_LOOK : share;
    }

    /** There is a pair to look at, sooner or later. */
    void pairMade() {
        if (!looking) {
            looking = true;
            lookLater();
        }
    }

    private void lookLater() {
        timers.startSingleTimer(CgroupTree.LookForIdle.INSTANCE, CgroupTree.LookForIdle.INSTANCE, timeToLook);
    }

    /**
     * Looks at some pairs, beginning anew after the last one.
     *
     * @return whether there are more to look at now
     */
    boolean look(Set<Pair> pairs) {
        Iterator<Pair> next = left == null ? List.copyOf(pairs).iterator() : left;
        long now = published.nanoTime().getAsLong();
        for (int i = 0; i < STRIDE && next.hasNext(); i++) {
            Pair pair = next.next();
            if (pair.listed && pair.isClean()) {
                // A late visit has found it clean, of which no round heard.
                pair.unlistIfClean(now);
            } else if (pair.isCleanFor(idleNanos, now) && pairs.contains(pair) && mayEnd(pair)) {
                endIfIdle(pair);
            }
        }
        left = next.hasNext() ? next : null;
        if (left != null) {
            return true;
        }
        if (pairs.size() > published.settings().nodes()) {
            lookLater();
        } else {
            looking = false;
        }
        return false;
    }

    private static boolean mayEnd(Pair pair) {
        CgroupHandle cgroup = pair.cgroup();
        return !cgroup.isRoot()
                && cgroup.isOnline()
                && pair.pairsBelow == 0
                && pair.retiredVisitors == 0
                && (pair.node() > 0 || !cgroup.hasPairBeside(0));
    }

    private void endIfIdle(Pair pair) {
        CgroupHandle cgroup = pair.cgroup();
        cgroup.removePair(pair);
        if (!pair.close()) {
            cgroup.addPair(pair);
            return;
        }
        if (!pair.isClean()) {
            pair.open();
            cgroup.addPair(pair);
            return;
        }
        // Nobody adds to these now: what visits on other nodes add to is node 0's, which goes last.
        cgroup.keepOwed(pair.node(), pair.units().takeAllDeferred());
        remove.accept(pair);
    }
}
