package io.reclaimer.testkit.contract;

import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A cache by cgroup and node that keeps the contract, apart from one fault. Thread-safe. */
final class FaultyCache implements Shrinker {

    /** A fault, and the clause that it breaks. */
    enum Fault {
        COUNTS_ONE_TOO_MANY(Clause.HONEST_COUNT),
        COUNT_TAKES_ONE(Clause.COUNT_CHANGES_NOTHING),
        SAYS_EMPTY_WITH_ONE_LEFT(Clause.EMPTY_ONLY_WHEN_EMPTY),
        COUNTS_A_PHANTOM(Clause.NOTHING_IS_NOT_COUNTED),
        SAYS_IT_FREED_WHAT_WAS_ASKED(Clause.SCAN_FREES_WHAT_IT_SAYS),
        FREES_BUT_SAYS_STOP(Clause.SCAN_FREES_WHAT_IT_SAYS),
        FREES_ALL(Clause.NO_MORE_THAN_ASKED),
        LOOKED_AT_NOTHING(Clause.SCANNED_IS_TOLD),
        SAYS_EMPTY_IN_A_SCAN(Clause.SCAN_OF_NOTHING),
        KEEPS_THE_LAST(Clause.COUNTED_CAN_BE_FREED),
        FREES_ON_NODE_0(Clause.PLACES_ARE_APART),
        COUNTS_ALL_CGROUPS(Clause.PLACES_ARE_APART),
        IGNORES_CANCELLATION(Clause.CANCELLED_SCAN_ENDS),
        THROWS(Clause.EVERY_CALL_IS_ANSWERED),
        HANGS(Clause.EVERY_CALL_IS_ANSWERED),
        SETS_NO_BIT(Clause.BIT_WITH_FIRST_OBJECT),
        SETS_ITS_BIT_ONCE(Clause.BIT_WITH_FIRST_OBJECT),
        HIDES_NODE_1(Clause.ROUNDS_FIND_ALL),
        LOSES_WHAT_COMES_IN_MEANWHILE(Clause.ADDS_DURING_ROUNDS),
        STAYS_WITH_THE_LEAVING(Clause.OFFLINE_MOVES_ALL),
        MOVES_WITHOUT_A_WORD(Clause.OFFLINE_MOVES_ALL),
        ADDS_TO_THE_GONE(Clause.LATE_ADDS_GO_UP),
        IS_REGISTERED_TWICE(Clause.NO_CALL_AFTER_FREE),
        COUNTS_BELOW_ZERO(Clause.NO_FAULT),
        NONE(Clause.NO_FAULT);

        private final Clause clause;

        Fault(Clause clause) {
            this.clause = clause;
        }

        Clause clause() {
            return clause;
        }
    }

    private record Cell(CgroupPath cgroup, int node) {}

    static final ShrinkerSpec SPEC = ShrinkerSpec.named("pages").byCgroup().byNode();

    private static final long MEANWHILE_NANOS = 1_000_000;

    private final Fault fault;
    private final Map<Cell, Long> objects = new HashMap<>();
    private long adds;
    private int counts;
    private int bits;
    private Optional<ShrinkerHandle> twin = Optional.empty();

    FaultyCache(Fault fault) {
        this.fault = fault;
    }

    /** A cache with a fault, as the subject of a contract. */
    static ContractSubject subject(Reclaimer reclaimer, Fault fault) {
        FaultyCache cache = new FaultyCache(fault);
        ShrinkerSpec spec = fault == Fault.HANGS ? SPEC.callDeadline(Duration.ofMillis(1)) : SPEC;
        if (fault == Fault.IS_REGISTERED_TWICE) {
            cache.twin = Optional.of(
                    reclaimer.register(spec, cache).toCompletableFuture().join());
        }
        return ContractSubject.of(spec, cache)
                .adds(cache::add)
                .holds((cgroup, node) -> cache.held(cgroup.path(), node));
    }

    void add(ShrinkerHandle handle, Cgroup cgroup, int node) {
        Cgroup home = fault == Fault.ADDS_TO_THE_GONE ? cgroup : cgroup.nearestOnline();
        put(home.path(), node);
        // A cgroup that goes offline now may have moved its objects before this one was added; then it is moved here.
        if (!home.isOnline() && fault != Fault.ADDS_TO_THE_GONE) {
            reparent(home.path(), home.nearestOnline().path(), node);
        }
        boolean setsBit = switch (fault) {
            case SETS_NO_BIT -> false;
            case SETS_ITS_BIT_ONCE -> bits++ < 4;
            default -> true;
        };
        if (setsBit) {
            handle.setBit(home.nearestOnline(), node);
            twin.ifPresent(second -> second.setBit(home.nearestOnline(), node));
        }
    }

    synchronized void put(CgroupPath cgroup, int node) {
        objects.merge(new Cell(cgroup, node), 1L, Long::sum);
        adds++;
    }

    synchronized long held(CgroupPath cgroup, int node) {
        return objects.getOrDefault(new Cell(cgroup, node), 0L);
    }

    private synchronized void set(CgroupPath cgroup, int node, long left) {
        objects.put(new Cell(cgroup, node), left);
    }

    private synchronized long adds() {
        return adds;
    }

    private synchronized long take(CgroupPath cgroup, int node, long most) {
        long taken = Math.min(most, held(cgroup, node));
        set(cgroup, node, held(cgroup, node) - taken);
        return taken;
    }

    @Override
    public long count(ShrinkControl control) {
        CgroupPath cgroup = control.cgroup();
        int node = control.node();
        long held = held(cgroup, node);
        long honest = held == 0 ? EMPTY : held;
        return switch (fault) {
            case COUNTS_ONE_TOO_MANY -> held + 1;
            case COUNT_TAKES_ONE -> {
                take(cgroup, node, 1);
                yield honest;
            }
            case SAYS_EMPTY_WITH_ONE_LEFT -> held <= 1 ? EMPTY : held;
            case COUNTS_A_PHANTOM -> Math.max(1, held);
            case HIDES_NODE_1 -> node == 1 ? 0 : honest;
            case COUNTS_ALL_CGROUPS -> all();
            case COUNTS_BELOW_ZERO -> nextCount() % 4 == 0 ? -7 : honest;
            case HANGS -> {
                hang();
                yield honest;
            }
            default -> honest;
        };
    }

    private synchronized int nextCount() {
        return ++counts;
    }

    private synchronized long all() {
        return objects.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public long scan(ShrinkControl control) {
        CgroupPath cgroup = control.cgroup();
        int node = control.node();
        long asked = control.nrToScan();
        return switch (fault) {
            case SAYS_IT_FREED_WHAT_WAS_ASKED -> {
                take(cgroup, node, asked);
                yield asked;
            }
            case FREES_BUT_SAYS_STOP -> {
                take(cgroup, node, asked);
                yield STOP;
            }
            case FREES_ALL -> take(cgroup, node, Long.MAX_VALUE);
            case LOOKED_AT_NOTHING -> {
                control.nrScanned(0);
                yield take(cgroup, node, asked);
            }
            case SAYS_EMPTY_IN_A_SCAN -> held(cgroup, node) == 0 ? EMPTY : take(cgroup, node, asked);
            case KEEPS_THE_LAST -> take(cgroup, node, Math.min(asked, held(cgroup, node) - 1));
            case FREES_ON_NODE_0 -> take(cgroup, 0, asked);
            case IGNORES_CANCELLATION -> take(cgroup, node, asked);
            case THROWS -> throw new IllegalStateException("no memory for that");
            case LOSES_WHAT_COMES_IN_MEANWHILE -> takeSlowly(cgroup, node, asked);
            default -> takeUntilCancelled(control);
        };
    }

    private long takeUntilCancelled(ShrinkControl control) {
        long freed = 0;
        while (freed < control.nrToScan() && !control.isCancelled()) {
            long now = take(control.cgroup(), control.node(), Math.min(16, control.nrToScan() - freed));
            if (now == 0) {
                break;
            }
            freed += now;
        }
        return freed;
    }

    /** Loses the objects that are added between its read and its write. */
    private long takeSlowly(CgroupPath cgroup, int node, long asked) {
        long held = held(cgroup, node);
        long before = adds();
        for (int look = 0; adds() == before && look < 20; look++) {
            LockSupport.parkNanos(MEANWHILE_NANOS);
        }
        long taken = Math.min(asked, held);
        set(cgroup, node, held - taken);
        return taken;
    }

    private static void hang() {
        try {
            new CountDownLatch(1).await(1, TimeUnit.HOURS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public synchronized long reparent(CgroupPath offline, CgroupPath parent, int node) {
        if (fault == Fault.STAYS_WITH_THE_LEAVING) {
            return 0;
        }
        long moved = take(offline, node, Long.MAX_VALUE);
        objects.merge(new Cell(parent, node), moved, Long::sum);
        return fault == Fault.MOVES_WITHOUT_A_WORD ? 0 : moved;
    }
}
