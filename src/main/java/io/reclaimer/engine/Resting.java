package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Pairs that have been idle for long become data again: their actors end, and what they owe is kept with the cgroup. The
 * tree's actor's alone.
 *
 * <ol>
 *   <li>Pairs are looked at now and then, some at a time ({@link #look}). One that has been idle for long, with no pair
 *       below, leaves its cgroup's handle, so that nobody finds it any more, and is told to rest. Node 0's goes last, for
 *       it keeps counts of visits on the others.
 *   <li>It stays where it has something to do after all ({@link #stays}); or it says what it owes, and from then on
 *       ignores bits, for who sets one finds that the pair is gone and tells the tree ({@link #rests}).
 *   <li>The pair above forgets it, as when a cgroup goes offline: so it has answered every pass when it ends
 *       ({@link #ended}).
 *   <li>What needs a pair of that cgroup, or below it, waits until then ({@link #whenAwake}).
 * </ol>
 */
final class Resting {

    /** How many pairs are looked at in one go, so that the tree answers others meanwhile: well below a millisecond. */
    private static final int STRIDE = 1024;

    /** How often they are looked at, as a share of the time after which they rest, within bounds. */
    private static final int LOOKS = 4;

    private static final Duration SHORTEST_LOOK = Duration.ofMillis(1);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(15);

    private record Waiting(CgroupHandle cgroup, Runnable what) {}

    private final Published published;
    private final ActorRef<CgroupTree.Command> tree;
    private final TimerScheduler<CgroupTree.Command> timers;
    private final long idleNanos;
    private final Duration timeToLook;

    /** Told to rest, and not answered. */
    private final Set<Pair> asked = new HashSet<>();

    /** From then until they have stayed or ended: how many, by cgroup. */
    private final Map<CgroupHandle, Integer> going = new HashMap<>();

    private final List<Waiting> waiting = new ArrayList<>();
    private @Nullable Iterator<Pair> left;
    private boolean looking;

    Resting(Published published, ActorRef<CgroupTree.Command> tree, TimerScheduler<CgroupTree.Command> timers) {
        this.published = published;
        this.tree = tree;
        this.timers = timers;
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

    void lookLater() {
        timers.startSingleTimer(CgroupTree.LookForIdle.FIRST, CgroupTree.LookForIdle.FIRST, timeToLook);
    }

    /** Looks at some pairs, beginning anew after the last one, and sees to it that it is asked again. */
    void look(Set<Pair> pairs) {
        Iterator<Pair> next = left == null ? List.copyOf(pairs).iterator() : left;
        long now = published.nanoTime().getAsLong();
        for (int i = 0; i < STRIDE && next.hasNext(); i++) {
            Pair pair = next.next();
            if (pair.hasIdled(idleNanos, now) && pairs.contains(pair) && mayRest(pair)) {
                rest(pair);
            }
        }
        left = next.hasNext() ? next : null;
        if (left != null) {
            tree.tell(CgroupTree.LookForIdle.MORE);
        } else if (pairs.size() > published.settings().nodes()) {
            lookLater();
        } else {
            looking = false;
        }
    }

    private boolean mayRest(Pair pair) {
        CgroupHandle cgroup = pair.cgroup();
        return !cgroup.isRoot()
                && cgroup.isOnline()
                && cgroup.pair(pair.node()) == pair
                && pair.pairsBelow == 0
                && (pair.node() > 0 || !(cgroup.hasPairBeside(0) || going.containsKey(cgroup)));
    }

    private void rest(Pair pair) {
        pair.cgroup().removePair(pair);
        asked.add(pair);
        going.merge(pair.cgroup(), 1, Integer::sum);
        pair.ref().tell(new CgroupNode.Rest(tree));
    }

    /** A pair has something to do. */
    void stays(Pair pair) {
        asked.remove(pair);
        pair.cgroup().addPair(pair);
        over(pair);
    }

    /** A pair has nothing, but for what it owes. */
    void rests(Pair pair, List<UnitMap.Owed> owed) {
        asked.remove(pair);
        pair.cgroup().keepOwed(pair.node(), owed);
        Pair parent = pair.parent();
        if (parent == null) {
            throw new IllegalStateException("The root's pairs do not rest");
        }
        parent.ref().tell(new CgroupNode.Adopt(pair, List.of(), List.of()));
    }

    /** A pair's actor has ended. True where that was its rest. */
    boolean ended(Pair pair) {
        if (!going.containsKey(pair.cgroup()) || pair.cgroup().pair(pair.node()) == pair) {
            return false;
        }
        over(pair);
        return true;
    }

    private void over(Pair pair) {
        going.computeIfPresent(pair.cgroup(), (cgroup, pairs) -> pairs == 1 ? null : pairs - 1);
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(next -> whenAwake(next.cgroup(), next.what()));
    }

    /** Whether some have yet to say whether they rest, or something waits for one to end. */
    boolean isUnsettled() {
        return !asked.isEmpty() || !waiting.isEmpty();
    }

    /** Runs something now, or when no pair of the cgroup or above it is on its way. */
    void whenAwake(CgroupHandle cgroup, Runnable what) {
        for (CgroupHandle at = cgroup; at != null && !going.isEmpty(); at = at.parent()) {
            if (going.containsKey(at)) {
                waiting.add(new Waiting(cgroup, what));
                return;
            }
        }
        what.run();
    }
}
