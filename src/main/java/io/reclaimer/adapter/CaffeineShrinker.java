package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Frees the coldest entries of a Caffeine cache: by the cache's own order where it was built with a maximum, be it one that
 * is never reached, or with an expiration; otherwise in the order of its table. The cache stays as it is, and may be used
 * by anyone meanwhile.
 *
 * <p>The cache belongs to one cgroup, to none, or to many, with a function from key to cgroup. When a cgroup goes offline
 * its entries stay in the cache, and belong to the nearest cgroup above that is online.
 *
 * <ul>
 *   <li>The maximum stays as it is, as each change of it has Caffeine forget how it has adapted to the load. See
 *       {@link #lowerMaximum}.
 *   <li>Bytes. The spec says how many an entry has; where the cache has a weigher, and {@link #bytesPerWeight} says what
 *       a weight is, the weights do.
 *   <li>Refaults. Keys that come back soon after they were reclaimed are found by the scans, without any cost for those
 *       who use the cache; {@link #missed} finds them at once. For that the keys that were reclaimed last are remembered,
 *       as many as the cache has and at most 65,536: in 16 bytes each, and the key itself. See {@link #rememberedKeys}.
 *   <li>Listeners. Reclaimed entries are removed as by the application ({@code RemovalCause.EXPLICIT}), as Caffeine has no way
 *       to evict a chosen entry: a {@code removalListener} hears of them; an {@code evictionListener} does not, and {@code
 *       evictionCount} does not count them. Where an eviction listener closes what a value holds, give it to the shrinker too:
 *       {@code onReclaimed((key, value) -> listener.onRemoval(key, value, RemovalCause.SIZE))}. See also {@link
 *       #reclaimedObjects}.
 *   <li>Expired entries that the cache has not removed yet are removed first, and count as freed, up to what scans ask for
 *       within a second. They are the cache's own evictions, to its listeners too.
 *   <li>Many cgroups. Of each cgroup's entries the coldest go first. The order is read once a second, or when it has run dry,
 *       for the scans of all cgroups: for that the keys of the 262,144 coldest entries are held at most, in 16 bytes each.
 *       Writers may wait meanwhile, readers do not: up to a tenth of a second for so many. Where that does not reach the
 *       entries of a cgroup, they go in the order of the table. Where the function throws or
 *       answers null for a key, its entry is not reclaimed, which is logged once a minute.
 *   <li>An empty cache is not said to be {@link #EMPTY}, as nobody would set the cgroup's bit with the next entry; the
 *       price is one count a pass. Who calls {@link #added} after each put saves that.
 * </ul>
 *
 * <p>Caffeine notes no use while a cache is less than half full. This has it do so, when it is made and when the cache has
 * grown to twice as many entries, by a maximum that is set lower for a moment; never where the cache was seen half full. By
 * weight there is no such way: a cache with a weigher that is less than half full gives its entries away in the order in which
 * they came in.
 *
 * <p>A maximum far above what memory has room for costs hits. Caffeine's admission window is a hundredth of the maximum at first:
 * a cache that holds no more than that is all window, and its order is by last use alone, not by how often. Of Zipf requests
 * (exponent 0.9, 200,000 keys) to a cache that rounds keep at 8,400 entries, 58.2 % are hits with a maximum of 100,000, as many as
 * with a maximum of 8,400 and no rounds (58.3 %); 57.4 % with 200,000, and 51.0 % with a million ({@code CaffeineMaximumHits} in
 * the tests prints them). So a maximum of up to ten times what there is room for does no harm.
 *
 * <p>Entries that are loading, and those of weight 0, are not reclaimed. A loader of a synchronous cache runs inside of the
 * cache's table: a scan that removes an entry whose key is in the same bin waits for it, as every writer of that bin does, and
 * so does Caffeine's own maintenance. Counts, and scans of other entries, do not wait. Where loads take long, register with
 * {@link ShrinkerSpec#blocking}, or use an {@link AsyncCache}, whose loads run outside of the table. Give an {@link AsyncCache} itself rather than its
 * synchronous view: in the view, where an entry is replaced by a load under way just when it is reclaimed, a scan waits
 * for the load.
 *
 * <p>Thread-safe. Options are set before it is registered. Functions and listeners that are handed over are called without
 * locks.
 */
public final class CaffeineShrinker<K, V> implements Shrinker {

    /*
     * How long writers wait at most: while the order is read, under the eviction lock. In a cache of a million entries, each
     * read three times at random, 128 entries take 40 to 70 us at the median and less than 0.8 ms in 99 of 100 readings, 1,024
     * take 0.15 ms, 16,384 take 5 ms, and 262,144 take 80 ms (at most 130). A cache of one cgroup is read 128 at a time; one
     * of many goes as deep as it has to, and reads 524,288 entries a second at most. Processor time on one of two busy cores
     * of a virtual machine (Java 17, heap of 1 GiB), as CaffeineLockTime in the tests prints it.
     */

    /** How many keys are looked at for those that are back, for each entry that a scan tries to free. */
    private static final int WALK_SHARE = 2;

    /** How long an order that was read is good for the scans of a shared cache. */
    private static final Duration A_WHILE = Duration.ofSeconds(1);

    /** Between two changes of the maximum. */
    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

    /** How many keys are looked at for those that are back, in one scan at most. */
    private static final int LONGEST_WALK = 4096;

    private final CaffeineEntries<K, V> entries;
    private final CaffeineGhosts<K> ghosts;
    private final Optional<CaffeineSketch> sketch;
    private final boolean byCgroup;
    private final CaffeineOrder<K, V> order;
    private final CaffeineExpired expired;
    private final LongAdder reclaimed = new LongAdder();

    /** Where entries are not taken from the cache's order: one hand for each cgroup, so that none has to wait. */
    private final Map<CgroupPath, CaffeineHand<Map.Entry<K, V>>> hands = new ConcurrentHashMap<>();

    private volatile CaffeineOwners<K> owners;
    private volatile long bytesPerWeight;
    private volatile CaffeineListener<K, V> listener = new CaffeineListener<>((key, value) -> {});
    private volatile @Nullable ShrinkerHandle handle;
    private volatile Optional<Duration> lowerEvery = Optional.empty();

    /** Empty where the maximum is kept, and before this is registered. */
    private volatile Optional<CaffeineRoom> room = Optional.empty();

    private CaffeineShrinker(CaffeineEntries<K, V> entries, CaffeineOwners<K> owners, boolean byCgroup) {
        this.entries = entries;
        this.owners = owners;
        this.byCgroup = byCgroup;
        this.order = new CaffeineOrder<>(entries, this::ownerOf, owners instanceof CaffeineCensus);
        this.expired = new CaffeineExpired(entries.cache());
        this.ghosts = new CaffeineGhosts<>(entries.keyHand(), entries::size);
        this.sketch =
                entries.cache().policy().eviction().map(eviction -> new CaffeineSketch(entries.cache(), eviction));
        sketch.ifPresent(CaffeineSketch::noteReads);
    }

    /** For a cache that belongs to no cgroup. */
    public static <K, V> CaffeineShrinker<K, V> of(Cache<K, V> cache) {
        return global(CaffeineEntries.of(cache));
    }

    /** As {@link #of(Cache)}. */
    public static <K, V> CaffeineShrinker<K, V> of(AsyncCache<K, V> cache) {
        return global(CaffeineEntries.of(cache));
    }

    /** For a cache of one cgroup; of its nearest ancestor that is online where it is not. */
    public static <K, V> CaffeineShrinker<K, V> of(Cache<K, V> cache, Cgroup cgroup) {
        Objects.requireNonNull(cgroup, "cgroup");
        return of(CaffeineEntries.of(cache), cgroup);
    }

    /** As {@link #of(Cache, Cgroup)}. */
    public static <K, V> CaffeineShrinker<K, V> of(AsyncCache<K, V> cache, Cgroup cgroup) {
        Objects.requireNonNull(cgroup, "cgroup");
        return of(CaffeineEntries.of(cache), cgroup);
    }

    /** For a cache of one cgroup that is online, whose bit the caller sets. */
    public static <K, V> CaffeineShrinker<K, V> of(Cache<K, V> cache, CgroupPath cgroup) {
        Objects.requireNonNull(cgroup, "cgroup");
        CaffeineEntries<K, V> entries = CaffeineEntries.of(cache);
        return new CaffeineShrinker<>(entries, CaffeineOwner.of(entries::size, cgroup), true);
    }

    /** For a cache that many cgroups share; the function tells whose a key is, quickly, and the same each time. */
    public static <K, V> CaffeineShrinker<K, V> of(Cache<K, V> cache, Function<? super K, Cgroup> cgroups) {
        Objects.requireNonNull(cgroups, "cgroups");
        return new CaffeineShrinker<>(CaffeineEntries.of(cache), new CaffeineCensus<>(cache, cgroups), true);
    }

    /** As {@link #of(Cache, Function)}. */
    public static <K, V> CaffeineShrinker<K, V> of(AsyncCache<K, V> cache, Function<? super K, Cgroup> cgroups) {
        Objects.requireNonNull(cgroups, "cgroups");
        return new CaffeineShrinker<>(
                CaffeineEntries.of(cache), new CaffeineCensus<>(cache.synchronous(), cgroups), true);
    }

    private static <K, V> CaffeineShrinker<K, V> of(CaffeineEntries<K, V> entries, Cgroup cgroup) {
        return new CaffeineShrinker<>(entries, CaffeineOwner.of(entries::size, cgroup), true);
    }

    private static <K, V> CaffeineShrinker<K, V> global(CaffeineEntries<K, V> entries) {
        return new CaffeineShrinker<>(entries, CaffeineOwner.of(entries::size, CgroupPath.root()), false);
    }

    /**
     * Registers a cache of one cgroup, with all defaults, and sets its bit.
     *
     * @param spec is made one by cgroup
     * @return the shrinker, registered; fails as {@link Reclaimer#register} does
     */
    public static CompletionStage<ShrinkerHandle> register(
            Reclaimer reclaimer, ShrinkerSpec spec, Cache<?, ?> cache, Cgroup cgroup) {
        Objects.requireNonNull(cgroup, "cgroup");
        return of(cache, cgroup).register(reclaimer, spec);
    }

    /** As {@link #register(Reclaimer, ShrinkerSpec, Cache, Cgroup)}. */
    public static CompletionStage<ShrinkerHandle> register(
            Reclaimer reclaimer, ShrinkerSpec spec, AsyncCache<?, ?> cache, Cgroup cgroup) {
        Objects.requireNonNull(cgroup, "cgroup");
        return of(cache, cgroup).register(reclaimer, spec);
    }

    /**
     * Registers this, once, and sets the bits of the cgroups that it is for: of those that have entries, where there are
     * many. Registered otherwise, with {@link Reclaimer#register}, it frees entries, but sets no bits, keeps the maximum,
     * reports no refaults to the reclaimer, and reads the order anew in each scan.
     *
     * @param spec is made one by cgroup, where the cache belongs to one, and one of node 0, the heap, where it names no nodes
     * @return the shrinker, registered; fails as {@link Reclaimer#register} does
     */
    public CompletionStage<ShrinkerHandle> register(Reclaimer reclaimer, ShrinkerSpec spec) {
        return reclaimer
                .allocate(OnHeap.of(byCgroup ? spec.byCgroup() : spec), this)
                .thenCompose(allocated -> {
                    belongTo(reclaimer, allocated);
                    return allocated.register();
                })
                .thenApplyAsync(
                        registered -> {
                            CaffeineWarmUp.run();
                            owners.setBits(registered);
                            return registered;
                        },
                        // A walk over all keys may take longer than the reclaimer's own threads should be held up.
                        reclaimer.system().executionContext()::execute);
    }

    private void belongTo(Reclaimer reclaimer, ShrinkerHandle allocated) {
        handle = allocated;
        ghosts.reportTo(allocated::refaulted);
        order.forgetReadings(task -> afterAWhile(reclaimer, task));
        expired.forgetRemoved(task -> afterAWhile(reclaimer, task));
        room = lowerEvery.flatMap(interval -> entries.cache()
                .policy()
                .eviction()
                .map(eviction ->
                        new CaffeineRoom(entries.cache(), eviction, interval, reclaimer.system(), allocated::isFreed)));
        if (byCgroup && !allocated.spec().cgroupAware()) {
            // Cgroups are disabled: every pass is on the root.
            owners = CaffeineOwner.of(entries::size, CgroupPath.root());
        }
    }

    /** Leaves the cache's maximum alone, which is the default: the freed room is filled by whatever comes in. */
    public CaffeineShrinker<K, V> keepMaximum() {
        lowerEvery = Optional.empty();
        return this;
    }

    /**
     * Has the cache's maximum lowered to what is left in it, so that freed room is not filled again at once. Changes it at
     * most once an interval, by an eighth of the most that the cache has held or by a multiple of that: down where something
     * was reclaimed since the last change, up where nothing was, and back within an interval after the shrinker was freed.
     *
     * <p>Each change resets the share of the cache that Caffeine has found to be best for new entries. Where new entries are
     * the ones to be asked for, that costs hits until it has found it again: ten times the maximum in requests and more.
     *
     * @param interval at least a second; minutes rather than seconds
     * @throws IllegalArgumentException where it is less than a second
     */
    public CaffeineShrinker<K, V> lowerMaximum(Duration interval) {
        if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
            throw new IllegalArgumentException("The maximum is to be changed every [" + interval
                    + "] but the interval has to be [" + SHORTEST_INTERVAL + "] or more");
        }
        lowerEvery = Optional.of(interval);
        return this;
    }

    /**
     * How many bytes a weight of 1 is, where the cache has a weigher. Where nothing is said, weights may be rows or anything,
     * and the spec's size of an entry counts.
     *
     * @param bytes 0 where weights say nothing of bytes
     * @throws IllegalArgumentException where it is negative
     */
    public CaffeineShrinker<K, V> bytesPerWeight(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("A weight of 1 is [" + bytes + "] bytes but has to be 0 or more");
        }
        bytesPerWeight = bytes;
        return this;
    }

    /**
     * Has each reclaimed entry told, right after it was removed, on the thread of the scan, which waits: be quick. What it
     * throws is logged once a minute, and otherwise ignored. One at most; another replaces it.
     */
    public CaffeineShrinker<K, V> onReclaimed(BiConsumer<? super K, ? super V> newListener) {
        Objects.requireNonNull(newListener, "newListener");
        listener = new CaffeineListener<>(newListener);
        return this;
    }

    /**
     * Says that an entry was put: after it was, that is, and not in the loader that makes it. Optional; but who calls it
     * calls it for every entry, as from the first call on cgroups that have none are said to be {@link #EMPTY}. Costs next
     * to nothing where the cgroup's bit is set. Does nothing before this is registered.
     */
    public void added(K key) {
        Objects.requireNonNull(key, "key");
        ShrinkerHandle now = handle;
        if (now != null) {
            owners.added(key, now);
        }
    }

    /**
     * Says that a key was asked for that the cache does not have, as a loader knows: where it was reclaimed a short while
     * ago, that is a refault. Optional; without it, refaults are found later.
     */
    public void missed(K key) {
        Objects.requireNonNull(key, "key");
        ghosts.missed(key);
    }

    /**
     * How many of the keys that were reclaimed last are remembered at most, to find refaults. They are held until as many
     * others were reclaimed, in 16 bytes each. A smaller number is for keys that are large, or that others expect to be
     * collected ({@code weakKeys}).
     *
     * @param keys 0 (no refaults are found) to {@value CaffeineGhosts#LARGEST_CAPACITY}, which is the default
     * @throws IllegalArgumentException where it is outside of that
     */
    public CaffeineShrinker<K, V> rememberedKeys(int keys) {
        if (keys < 0 || keys > CaffeineGhosts.LARGEST_CAPACITY) {
            throw new IllegalArgumentException("The number of keys to remember is [" + keys + "] but has to be 0 to "
                    + CaffeineGhosts.LARGEST_CAPACITY);
        }
        ghosts.limit(keys);
        return this;
    }

    /** How many keys came back soon after they were reclaimed, as far as was found out. */
    public long refaults() {
        return ghosts.refaults();
    }

    /** How many entries were reclaimed; the cache's own evictions are not among them. */
    public long reclaimedObjects() {
        return reclaimed.sum();
    }

    @Override
    public long count(ShrinkControl control) {
        CaffeineOwners<K> now = owners;
        return expired.during(() -> now.count(control.cgroup(), expired.uncounted()));
    }

    @Override
    public long scan(ShrinkControl control) {
        CgroupPath cgroup = control.cgroup();
        CaffeineOwners<K> now = owners;
        if (!now.hasAny(cgroup)) {
            return 0;
        }
        long ofWeight = entries.isWeighted() ? bytesPerWeight : 0;
        CaffeineScan<K, V> scan = new CaffeineScan<>(entries, control, ofWeight, this::reclaimed);
        scan.expired(expired.remove(control.nrToScan(), now.share(cgroup)));
        long removed = scan.freed();
        sketch.ifPresent(CaffeineSketch::scanned);
        if (entries.isOrdered()) {
            scan.run(order, sketch.map(CaffeineSketch::spared).orElse(0L));
        }
        if (!entries.isOrdered() || !order.isWhole()) {
            Optional<CgroupPath> wanted = Optional.of(cgroup);
            scan.run(hand(cgroup), key -> now.ownerOf(key).equals(wanted));
        }
        scan.end();
        if (scan.freed() > 0) {
            now.reclaimed(cgroup, scan.freed());
            sketch.ifPresent(of -> of.reclaimed(scan.freed() - removed));
            room.ifPresent(of -> of.reclaimed(scan.freedWeight()));
        }
        if (ofWeight > 0) {
            control.freedBytes(scan.freedBytes());
        }
        ghosts.walk((int) Math.min(LONGEST_WALK, WALK_SHARE * Math.min(scan.tried(), LONGEST_WALK)));
        return scan.freed();
    }

    @Override
    public long reparent(CgroupPath offline, CgroupPath parent, int node) {
        hands.remove(offline);
        order.forget();
        return owners.reparent(offline, parent);
    }

    private Optional<CgroupPath> ownerOf(K key) {
        return owners.ownerOf(key);
    }

    private static void afterAWhile(Reclaimer reclaimer, Runnable task) {
        try {
            reclaimer
                    .system()
                    .scheduler()
                    .scheduleOnce(A_WHILE, task, reclaimer.system().executionContext());
        } catch (IllegalStateException e) {
            // The system has ended.
            task.run();
        }
    }

    private CaffeineHand<Map.Entry<K, V>> hand(CgroupPath cgroup) {
        return hands.computeIfAbsent(cgroup, path -> entries.hand());
    }

    private void reclaimed(CaffeineEntries.Found<K, V> entry) {
        reclaimed.increment();
        ghosts.reclaimed(entry.key());
        listener.reclaimed(entry.key(), entry.value());
    }
}
