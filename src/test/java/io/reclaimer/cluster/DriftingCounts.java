package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.CountReport.Counted;
import io.reclaimer.ReclaimReport;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.testkit.FakeCountReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The counts of one member while nothing happens: the objects of each tenant drift around a mean. Only tenants that may get
 * among the largest are modelled; the others are a constant sum.
 */
final class DriftingCounts {

    /** More than a row lists: the next tenant has a fifth less than the last one of a row, and never drifts into the row. */
    private static final int KEPT = 40;

    private static final double LEAST_OBJECTS = 64;
    private static final double PARETO_SHAPE = 1.1;

    /** A step, as a share of the drift. */
    private static final double STEP = 0.1;

    private record Tenant(CgroupPath path, long mean) {}

    private final Random random;
    private final double drift;
    private final List<Tenant> kept;
    private final double[] walked;
    private final long othersObjects;

    DriftingCounts(int tenants, double drift, Random random) {
        this.random = random;
        this.drift = drift;
        List<Tenant> all = new ArrayList<>();
        for (int i = 0; i < tenants; i++) {
            long mean = (long) (LEAST_OBJECTS * StrictMath.pow(1 - random.nextDouble(), -1 / PARETO_SHAPE));
            all.add(new Tenant(CgroupPath.of(String.format("/shop/tenant-%04d", i)), mean));
        }
        all.sort(Comparator.comparingLong(Tenant::mean).reversed());
        this.kept = List.copyOf(all.subList(0, Math.min(KEPT, tenants)));
        this.walked = new double[kept.size()];
        this.othersObjects =
                all.stream().skip(kept.size()).mapToLong(Tenant::mean).sum();
    }

    CountReport next() {
        List<Counted> largest = new ArrayList<>();
        long sum = othersObjects;
        for (int i = 0; i < walked.length; i++) {
            double step = STEP * (2 * random.nextDouble() - 1);
            walked[i] = Math.max(-1, Math.min(1, walked[i] + step));
            Tenant tenant = kept.get(i);
            long objects = (long) (tenant.mean() * (1 + drift * walked[i]));
            largest.add(new Counted(tenant.path(), "pages", objects));
            sum += objects;
        }
        return new FakeCountReport(
                CgroupPath.root(),
                ReclaimReport.Outcome.DONE,
                sum,
                sum * SimulatedTenants.OBJECT_BYTES,
                Collections.nCopies(Shrinker.LOWEST_PRIORITY + 1, 0L),
                walked.length,
                Duration.ZERO,
                largest,
                othersObjects,
                Map.of(),
                0);
    }
}
