package io.reclaimer.cluster;

import com.typesafe.config.ConfigFactory;
import io.reclaimer.cluster.ClusterMessage.Row;
import io.reclaimer.cluster.TableReplica.RowPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The shared table while nothing happens: the real {@link RowPolicy} over drifting counts, and a model of Distributed Data
 * with its default settings and the message sizes of its serializers. Nothing is lost, and transit takes no time.
 *
 * <ul>
 *   <li>Every 2 s a member sends one other, drawn at random, a digest of each map. Where digests differ, the other one
 *       sends all of these maps, and gets them back.
 *   <li>Every 400 ms it sends what it has changed itself to the next few members, {@code members / 5 + 1}, at least 2 and
 *       at most 10, in a circle, until each has had it once.
 * </ul>
 */
final class SimulatedTable {

    /**
     * The setup of a run.
     *
     * @param drift the maximum deviation of the count of a tenant from its mean, as a share of it
     * @param refresh the maximum age of a row
     * @param length the measured time, after a minute of warm-up
     */
    record Setup(int members, int tenants, double drift, Duration refresh, Duration length, long seed) {}

    /**
     * The result of a run: the bytes that all members sent, by kind of message.
     *
     * @param published the number of published rows
     * @param mapBytes the size of the largest map
     */
    record Result(Setup setup, long published, long digestBytes, long deltaBytes, long mapsBytes, int mapBytes) {

        double perSecond(long bytes) {
            return (double) bytes / setup.members() / setup.length().toSeconds();
        }

        /** The bytes sent by each member. */
        double bytesPerSecond() {
            return perSecond(digestBytes + deltaBytes + mapsBytes);
        }

        double publishedPerHour() {
            return perSecond(published) * 3600;
        }
    }

    /** The defaults of {@code reclaimer.cluster.table}. */
    static final ClusterSettings.Table SETTINGS =
            ClusterSettings.of(ConfigFactory.load()).table();

    private static final Duration WARM_UP = Duration.ofMinutes(1);
    private static final int STEP_MILLIS = 200;
    private static final int DELTA_STEPS = 400 / STEP_MILLIS;
    private static final int GOSSIP_STEPS = 2_000 / STEP_MILLIS;
    private static final int COUNT_STEPS = (int) SETTINGS.interval().toMillis() / STEP_MILLIS;

    private final Random random;
    private final RowPolicy policy;
    private final DriftingCounts[] counts;
    private final Row[] last;
    private final int[] bucket;
    /** By map, the members whose rows are in it. */
    private final List<List<Integer>> rows = new ArrayList<>();

    /** By member, its knowledge: the number of the row of each member, and a digest per map. */
    private final int[][] known;

    private final long[][] digests;
    /** By member, the number of its row that each other member was sent, and the next recipient. */
    private final int[][] sent;

    private final int[] turn;
    private final int[] phase;
    private final int statusBytes;
    private final int[] mapsBytes = new int[TableReplica.BUCKETS];
    private final int rowBytes;
    private final int largestMapBytes;

    private boolean measuring;
    private long published;
    private long digestSum;
    private long deltaSum;
    private long mapsSum;

    private SimulatedTable(Setup setup, Wire wire) {
        int members = setup.members();
        this.random = new Random(setup.seed());
        this.policy = new RowPolicy(new ClusterSettings.Table(
                true, SETTINGS.interval(), setup.refresh(), SETTINGS.step(), SETTINGS.cgroups()));
        this.counts = new DriftingCounts[members];
        this.last = new Row[members];
        this.bucket = new int[members];
        this.known = new int[members][members];
        this.digests = new long[members][TableReplica.BUCKETS];
        this.sent = new int[members][members];
        this.turn = random.ints(members, 0, members).toArray();
        this.phase = random.ints(members, 0, COUNT_STEPS * GOSSIP_STEPS).toArray();
        List<List<Row>> maps = new ArrayList<>();
        for (int i = 0; i < TableReplica.BUCKETS; i++) {
            maps.add(new ArrayList<>());
            rows.add(new ArrayList<>());
        }
        for (int i = 0; i < members; i++) {
            counts[i] = new DriftingCounts(setup.tenants(), setup.drift(), random);
            long age = random.nextInt((int) setup.refresh().toMillis());
            last[i] = policy.row(Wire.member(i), counts[i].next(), SimulatedMember.HEAP, atMillis(0) - age);
            bucket[i] = Math.floorMod(Wire.member(i).hashCode(), TableReplica.BUCKETS);
            maps.get(bucket[i]).add(last[i]);
            rows.get(bucket[i]).add(i);
        }
        List<String> keys = IntStream.range(0, TableReplica.BUCKETS)
                .mapToObj(SimulatedTable::key)
                .toList();
        this.statusBytes = wire.statusBytes(keys) + SimulatedNetwork.ENVELOPE_BYTES;
        this.rowBytes = wire.deltaBytes(keys.get(bucket[0]), last[0]) + SimulatedNetwork.ENVELOPE_BYTES;
        int largest = 0;
        for (int i = 0; i < TableReplica.BUCKETS; i++) {
            mapsBytes[i] = wire.gossipBytes(keys.get(i), maps.get(i)) + SimulatedNetwork.ENVELOPE_BYTES;
            largest = Math.max(largest, wire.mapBytes(maps.get(i)));
        }
        this.largestMapBytes = largest;
    }

    /** As in {@link TableReplica}. */
    private static String key(int bucket) {
        return "reclaimer-" + bucket;
    }

    private static long atMillis(long step) {
        return Duration.ofDays(1).toMillis() + step * STEP_MILLIS;
    }

    static Result run(Setup setup, Wire wire) {
        SimulatedTable table = new SimulatedTable(setup, wire);
        long warmUp = WARM_UP.toMillis() / STEP_MILLIS;
        long steps = warmUp + setup.length().toMillis() / STEP_MILLIS;
        for (long step = 0; step < steps; step++) {
            table.measuring = step >= warmUp;
            table.step(step);
        }
        return new Result(
                setup, table.published, table.digestSum, table.deltaSum, table.mapsSum, table.largestMapBytes);
    }

    private void step(long step) {
        for (int member = 0; member < known.length; member++) {
            long own = step + phase[member];
            if (own % COUNT_STEPS == 0) {
                count(member, step);
            }
            if (own % DELTA_STEPS == 0) {
                sendDeltas(member);
            }
            if (own % GOSSIP_STEPS == 0 && known.length > 1) {
                gossip(member, (member + 1 + random.nextInt(known.length - 1)) % known.length);
            }
        }
    }

    private void count(int member, long step) {
        Row row = policy.row(Wire.member(member), counts[member].next(), SimulatedMember.HEAP, atMillis(step));
        if (policy.isDue(last[member], row)) {
            last[member] = row;
            learn(member, member, known[member][member] + 1);
            published += measuring ? 1 : 0;
        }
    }

    private void learn(int member, int of, int number) {
        if (number > known[member][of]) {
            digests[member][bucket[of]] ^= mix(of, known[member][of]) ^ mix(of, number);
            known[member][of] = number;
        }
    }

    private static long mix(int row, int number) {
        long z = ((long) row << 32 | number) * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        return z ^ z >>> 27;
    }

    private void sendDeltas(int member) {
        int others = known.length - 1;
        int slice = Math.min(Math.max(others / 5 + 1, 2), Math.min(others, 10));
        int number = known[member][member];
        for (int n = 0; n < slice; n++) {
            int to = (member + 1 + (turn[member] + n) % others) % known.length;
            if (sent[member][to] < number) {
                sent[member][to] = number;
                deltaSum += measuring ? rowBytes : 0;
                learn(to, member, number);
            }
        }
        turn[member] = others == 0 ? 0 : (turn[member] + slice) % others;
    }

    private void gossip(int from, int to) {
        digestSum += measuring ? statusBytes : 0;
        for (int map = 0; map < TableReplica.BUCKETS; map++) {
            if (digests[from][map] != digests[to][map]) {
                // There and back.
                mapsSum += measuring ? 2L * mapsBytes[map] : 0;
                for (int row : rows.get(map)) {
                    learn(from, row, known[to][row]);
                    learn(to, row, known[from][row]);
                }
            }
        }
    }
}
