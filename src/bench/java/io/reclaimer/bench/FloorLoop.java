package io.reclaimer.bench;

import io.reclaimer.engine.call.CallControl;
import io.reclaimer.engine.call.RoundLimits;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;

/**
 * What can't be beaten by much: the same visits by one thread in a loop over arrays. No actors, no safety, no
 * bookkeeping but deferred counts. It is given the dirty pairs and does not look for them.
 */
final class FloorLoop {

    /** Any but the root. */
    private static final CgroupPath SOME_CGROUP = CgroupPath.of("/tenant");

    private final PassCase state;
    private final Shrinker[] shrinkers;

    /** By dirty pair, then by unit. */
    private final long[][] bits;

    /** By dirty pair, then by shrinker. */
    private final long[][] deferred;

    private final CallControl control = new CallControl();
    private long scanned;

    FloorLoop(PassCase state) {
        this.state = state;
        this.shrinkers = new Shrinker[state.shrinkers()];
        for (int i = 0; i < shrinkers.length; i++) {
            shrinkers[i] = state.shrinker(i);
        }
        int pairs = state.dirty() * state.nodes();
        this.bits = new long[pairs][(state.shrinkers() + 63) / 64];
        this.deferred = new long[pairs][state.shrinkers()];
        for (long[] units : bits) {
            for (int id : state.dirtyShrinkers()) {
                units[id / 64] |= 1L << (id % 64);
            }
        }
    }

    /** One pass; answers with the objects freed. */
    long round() {
        long freed = 0;
        control.in(CgroupPath.root());
        for (int node = 0; node < state.nodes(); node++) {
            control.prepare(node, RoundLimits.NONE, 0);
            for (Shrinker shrinker : shrinkers) {
                freed += Math.max(0, shrinker.count(control));
            }
        }
        control.in(SOME_CGROUP);
        for (int pair = 0; pair < bits.length; pair++) {
            control.prepare(pair % state.nodes(), RoundLimits.NONE, 0);
            long[] units = bits[pair];
            for (int unit = 0; unit < units.length; unit++) {
                for (long rest = units[unit]; rest != 0; rest &= rest - 1) {
                    int id = unit * 64 + Long.numberOfTrailingZeros(rest);
                    freed += visit(shrinkers[id], deferred[pair], id);
                }
            }
        }
        return freed;
    }

    private long visit(Shrinker shrinker, long[] owed, int id) {
        long freeable = shrinker.count(control);
        if (freeable <= 0) {
            return 0;
        }
        long nr = owed[id];
        owed[id] = 0;
        long delta = (freeable >> PassCase.PRIORITY) * 4 / ShrinkerSpec.DEFAULT_SEEKS;
        long total = Math.min((nr >> PassCase.PRIORITY) + delta, 2 * freeable);
        long freed = 0;
        long looked = 0;
        while (total >= ShrinkerSpec.DEFAULT_BATCH || total >= freeable) {
            long ask = Math.min(ShrinkerSpec.DEFAULT_BATCH, total);
            control.prepare(control.node(), RoundLimits.NONE, ask);
            long answer = shrinker.scan(control);
            if (answer == Shrinker.STOP) {
                break;
            }
            freed += answer;
            total -= control.nrScanned();
            looked += control.nrScanned();
        }
        scanned += looked;
        owed[id] += Math.min(Math.max(nr + delta - looked, 0), 2 * freeable);
        return freed;
    }

    /** So that it is counted for somebody. */
    long scanned() {
        return scanned;
    }
}
