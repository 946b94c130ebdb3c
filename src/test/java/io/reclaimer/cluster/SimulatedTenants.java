package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.testkit.FakeCountReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The objects of the tenants on each member before a round: one cache per tenant and member. Few are large and most are small
 * (Pareto, truncated), three of ten are empty, and four of ten tenants have other seeks than 2. Immutable, shared by runs.
 */
final class SimulatedTenants {

    static final int BATCH = 128;

    /** The size of each object. */
    static final long OBJECT_BYTES = 1024;

    private static final int QUANTILES = 4096;
    private static final double LEAST_OBJECTS = 64;
    private static final double MAX_OBJECTS = 1 << 20;
    private static final double PARETO_SHAPE = 1.1;
    private static final double EMPTY_PART = 0.3;
    private static final int[] SEEKS = {2, 2, 1, 2, 4, 2, 8, 2, 0, 2};

    private final int tenants;
    private final List<int[]> objects = new ArrayList<>();
    private final List<CountReport> counted = new ArrayList<>();

    SimulatedTenants(int members, int tenants, long seed) {
        this.tenants = tenants;
        Random random = new Random(seed);
        int[] sizes = sizes();
        for (int member = 0; member < members; member++) {
            int[] held = new int[tenants];
            for (int tenant = 0; tenant < tenants; tenant++) {
                held[tenant] = sizes[random.nextInt(QUANTILES)];
            }
            objects.add(held);
            counted.add(count(held));
        }
    }

    /** The quantiles of the sizes. */
    private static int[] sizes() {
        int[] sizes = new int[QUANTILES];
        int empty = (int) (QUANTILES * EMPTY_PART);
        for (int i = empty; i < QUANTILES; i++) {
            double above = (i - empty + 0.5) / (QUANTILES - empty);
            sizes[i] = (int) Math.min(MAX_OBJECTS, LEAST_OBJECTS * StrictMath.pow(above, -1 / PARETO_SHAPE));
        }
        return sizes;
    }

    int tenants() {
        return tenants;
    }

    /** A copy of the objects of each tenant on a member. */
    int[] objects(int member) {
        return objects.get(member).clone();
    }

    CountReport counted(int member) {
        return counted.get(member);
    }

    /** The objects on the first members together. */
    long freeableObjects(int members) {
        return counted.subList(0, members).stream()
                .mapToLong(CountReport::freeableObjects)
                .sum();
    }

    /** The seeks of a tenant. */
    static int seeks(int tenant) {
        return SEEKS[tenant % SEEKS.length];
    }

    private static CountReport count(int[] held) {
        long freeable = 0;
        long visits = 0;
        long[] planned = new long[Shrinker.LOWEST_PRIORITY + 1];
        for (int tenant = 0; tenant < held.length; tenant++) {
            freeable += held[tenant];
            visits += held[tenant] > 0 ? 1 : 0;
            for (int priority = 0; priority < planned.length; priority++) {
                planned[priority] += mostFreed(held[tenant], scan(held[tenant], 0, priority, seeks(tenant)));
            }
        }
        List<Long> list = new ArrayList<>();
        for (long objects : planned) {
            list.add(objects);
        }
        return new FakeCountReport(
                CgroupPath.root(),
                ReclaimReport.Outcome.DONE,
                freeable,
                freeable * OBJECT_BYTES,
                list,
                visits,
                Duration.ZERO,
                List.of(),
                freeable,
                Map.of(),
                0);
    }

    /** The work that one visit adds. */
    static long delta(long freeable, int priority, int seeks) {
        return seeks == 0 ? freeable / 2 : (freeable >> priority) * 4 / seeks;
    }

    /** The objects that one visit is to scan. */
    static long scan(long freeable, long deferred, int priority, int seeks) {
        return Math.min((deferred >> priority) + delta(freeable, priority, seeks), 2 * freeable);
    }

    /** The objects that a visit frees where each scan call frees all that it is asked for. */
    private static long mostFreed(long freeable, long scan) {
        long last = scan % BATCH;
        return Math.min(last >= freeable ? scan : scan - last, freeable);
    }
}
