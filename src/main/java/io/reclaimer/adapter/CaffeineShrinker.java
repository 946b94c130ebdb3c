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
 * Shrinker of a Caffeine cache: frees its coldest entries. Uses the cache's own order if the cache was built with a
 * maximum, even one that is never reached, or with an expiration; otherwise the order of its table. The application
 * uses the cache as before.
 *
 * <p>The cache belongs to one cgroup, to none, or to many, with a function from key to cgroup. The entries of a cgroup
 * that goes offline stay in the cache and belong to its nearest online ancestor.
 *
 * <ul>
 *   <li>Maximum: kept, unless {@link #lowerMaximum} is used. A maximum of up to ten times the number of entries that
 *       memory has room for costs no hits; a far larger one does.
 *   <li>Bytes: the spec gives the size of an entry, unless {@link #bytesPerWeight} makes weights count.
 *   <li>Refaults: scans find the keys that come back soon after they were reclaimed, at no cost for the users of the
 *       cache. {@link #missed} reports them at once. See {@link #rememberedKeys}.
 *   <li>Listeners: Caffeine cannot evict a chosen entry, so reclaimed entries are removed as by the application ({@code
 *       RemovalCause.EXPLICIT}). A {@code removalListener} is called for them. An {@code evictionListener} is not, and
 *       {@code evictionCount} does not count them, see {@link #reclaimedObjects}. If an eviction listener closes what a
 *       value holds, pass it to the shrinker as well: {@code onReclaimed((key, value) -> listener.onRemoval(key, value,
 *       RemovalCause.SIZE))}.
 *   <li>Expired entries that the cache has not removed yet go first. They count as freed, up to the number that scans
 *       ask for within one second. For the cache and its listeners they are the cache's own evictions.
 *   <li>Many cgroups: the coldest entries of each cgroup go first. The scans of all cgroups share one reading of the
 *       order, which is repeated after one second, or when it has no more entries for a cgroup. A reading holds the
 *       keys of at most 262,144 entries, in 16 bytes each. Writers may wait for it, about 0.1 s at most; readers do
 *       not. Entries of a cgroup that no reading reaches go in the order of the table. If the function throws or
 *       returns null for a key, its entry is not reclaimed; this is logged at most once per minute.
 *   <li>Empty cache: costs one count per pass, because nothing sets the cgroup's bit for the next entry, unless the
 *       application calls {@link #added}.
 *   <li>Cache that is less than half full: Caffeine does not record uses of it. The shrinker makes it do so: when it is
 *       created, and each time the cache has doubled, it sets the maximum lower for a moment. It never does so once it
 *       has seen the cache half full. A cache with a weigher that is less than half full frees its entries in the order
 *       in which they were added.
 *   <li>Loads: entries that are loading are not reclaimed, and neither are entries of weight 0. A loader of a
 *       synchronous cache runs inside the cache's table. A scan that removes an entry from the same bin waits for it,
 *       as do writers of that bin and Caffeine's own maintenance. Counts, and scans of other entries, do not wait. If
 *       loads take long, register with {@link ShrinkerSpec#blocking}, or use an {@link AsyncCache}, whose loads run
 *       outside the table. Pass the {@link AsyncCache} itself: through its synchronous view, a scan waits for a load
 *       that replaces an entry at the moment when it is reclaimed.
 * </ul>
 *
 * <p>Thread-safe. Set all options before registration. Functions and listeners of the application are called without
 * locks.
 */
public final class CaffeineShrinker<K, V> implements Shrinker {

    /** Minimum time between two changes of the maximum. */
    private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);

    private final CaffeineEntries<K, V> entries;
    private final CaffeineRefaults<K> refaults;
    private final Optional<CaffeineSketch> sketch;
    private final boolean byCgroup;
    private final CaffeineOrder<K, V> order;
    private final CaffeineExpired expired;
    private final LongAdder reclaimed = new LongAdder();

    /**
     * Cursors for entries that are not taken from the cache's order: one per cgroup, so that no scan waits for another.
     */
    private final Map<CgroupPath, CaffeineCursor<Map.Entry<K, V>>> cursors = new ConcurrentHashMap<>();

    private volatile CaffeineOwners<K> owners;
    private volatile long bytesPerWeight;
    private volatile CaffeineListener<K, V> listener = new CaffeineListener<>((key, value) -> {});
    private volatile @Nullable ShrinkerHandle handle;
    private volatile Optional<Duration> loweringInterval = Optional.empty();

    /** Empty if the maximum is kept, and before registration. */
    private volatile Optional<CaffeineMaximum> maximum = Optional.empty();

    private CaffeineShrinker(CaffeineEntries<K, V> entries, CaffeineOwners<K> owners, boolean byCgroup) {
        this.entries = entries;
        this.owners = owners;
        this.byCgroup = byCgroup;
        this.order =
                new CaffeineOrder<>(entries, key -> this.owners.ownerOf(key), owners instanceof CaffeineSharedOwners);
        this.expired = new CaffeineExpired(entries.cache());
        this.refaults = new CaffeineRefaults<>(entries.keyCursor(), entries::size);
        this.sketch =
                entries.cache().policy().eviction().map(eviction -> new CaffeineSketch(entries.cache(), eviction));
        sketch.ifPresent(CaffeineSketch::recordUses);
    }

    /** Creates a shrinker of a cache that belongs to no cgroup. */
    public static <K, V> CaffeineShrinker<K, V> of(Cache<K, V> cache) {
        return global(CaffeineEntries.of(cache));
    }

    /** Creates a shrinker as {@link #of(Cache)} does. */
    public static <K, V> CaffeineShrinker<K, V> of(AsyncCache<K, V> cache) {
        return global(CaffeineEntries.of(cache));
    }

    private static <K, V> CaffeineShrinker<K, V> global(CaffeineEntries<K, V> entries) {
        return new CaffeineShrinker<>(entries, new CaffeineSingleOwner<>(entries::size), false);
    }

    /** Creates a shrinker of a cache that belongs to one cgroup, or to its nearest online ancestor if it is offline. */
    public static <K, V> CaffeineShrinker<K, V> of(Cache<K, V> cache, Cgroup cgroup) {
        return of(CaffeineEntries.of(cache), cgroup);
    }

    /** Creates a shrinker as {@link #of(Cache, Cgroup)} does. */
    public static <K, V> CaffeineShrinker<K, V> of(AsyncCache<K, V> cache, Cgroup cgroup) {
        return of(CaffeineEntries.of(cache), cgroup);
    }

    private static <K, V> CaffeineShrinker<K, V> of(CaffeineEntries<K, V> entries, Cgroup cgroup) {
        Objects.requireNonNull(cgroup, "cgroup");
        return new CaffeineShrinker<>(entries, new CaffeineSingleOwner<>(entries::size, cgroup), true);
    }

    /**
     * Creates a shrinker of a cache that many cgroups share.
     *
     * @param cgroups returns the cgroup of a key: quick, and always the same for a key
     */
    public static <K, V> CaffeineShrinker<K, V> of(Cache<K, V> cache, Function<? super K, Cgroup> cgroups) {
        return of(CaffeineEntries.of(cache), cgroups);
    }

    /** Creates a shrinker as {@link #of(Cache, Function)} does. */
    public static <K, V> CaffeineShrinker<K, V> of(AsyncCache<K, V> cache, Function<? super K, Cgroup> cgroups) {
        return of(CaffeineEntries.of(cache), cgroups);
    }

    private static <K, V> CaffeineShrinker<K, V> of(
            CaffeineEntries<K, V> entries, Function<? super K, Cgroup> cgroups) {
        Objects.requireNonNull(cgroups, "cgroups");
        return new CaffeineShrinker<>(entries, new CaffeineSharedOwners<>(entries.cache(), cgroups), true);
    }

    /**
     * Registers this shrinker and sets the bit of its cgroup, or, for a shared cache, the bits of the cgroups that have
     * entries. Call it once.
     *
     * <p>{@link Reclaimer#register} also works, with these limits: the shrinker frees entries, but sets no bits, keeps
     * the maximum, reports no refaults to the reclaimer, and reads the order again for each batch of a scan.
     *
     * @param spec is made cgroup-aware if the cache belongs to cgroups, and is limited to node 0, the heap, if it names
     *     no nodes
     * @return the shrinker, registered; fails as {@link Reclaimer#register} does
     */
    public CompletionStage<ShrinkerHandle> register(Reclaimer reclaimer, ShrinkerSpec spec) {
        return reclaimer
                .allocate(HeapSpecs.of(byCgroup ? spec.byCgroup() : spec), this)
                .thenCompose(allocated -> {
                    attachTo(reclaimer, allocated);
                    return allocated.register();
                })
                .thenApplyAsync(
                        registered -> {
                            CaffeineWarmUp.run();
                            owners.setBits(registered);
                            return registered;
                        },
                        // A walk over all keys may block a thread of the reclaimer for too long.
                        reclaimer.system().executionContext()::execute);
    }

    private void attachTo(Reclaimer reclaimer, ShrinkerHandle allocated) {
        handle = allocated;
        refaults.reportTo(allocated::recordRefaults);
        CaffeineDelay delay = new CaffeineDelay(reclaimer.system());
        order.expireReadings(delay);
        expired.expireRemoved(delay);
        maximum = loweringInterval.flatMap(interval -> entries.cache()
                .policy()
                .eviction()
                .map(eviction -> new CaffeineMaximum(
                        entries.cache(), eviction, interval, reclaimer.system(), allocated::isFreed)));
        if (byCgroup && !allocated.spec().isCgroupAware()) {
            // Cgroups are disabled: every pass is on the root.
            owners = new CaffeineSingleOwner<>(entries::size);
        }
    }

    /**
     * Lowers the cache's maximum to the size that is left after a scan, so that freed space is not filled again at
     * once. Changes it at most once per interval, in steps of an eighth of the largest size that the cache has had:
     * lowers it if entries were reclaimed since the last change, and raises it otherwise. Restores the application's
     * value when the next step would reach that largest size, and within an interval after the shrinker was freed.
     *
     * <p>Each change makes Caffeine forget how it has adapted to the load. If new entries are the most requested ones,
     * that costs hits for ten times the maximum in requests, or more.
     *
     * @param interval at least one second; minutes are better than seconds
     * @throws IllegalArgumentException if it is less than one second
     */
    public CaffeineShrinker<K, V> lowerMaximum(Duration interval) {
        if (interval.compareTo(MIN_INTERVAL) < 0) {
            throw new IllegalArgumentException("The maximum is to be changed every [" + interval
                    + "] but the interval has to be [" + MIN_INTERVAL + "] or more");
        }
        loweringInterval = Optional.of(interval);
        return this;
    }

    /**
     * Sets the number of bytes that a weight of 1 stands for, in a cache with a weigher. By default weights may be of
     * any unit, and the spec's size of an object counts.
     *
     * @param bytes 0 if weights do not tell bytes
     * @throws IllegalArgumentException if it is negative
     */
    public CaffeineShrinker<K, V> bytesPerWeight(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("A weight of 1 is [" + bytes + "] bytes but has to be 0 or more");
        }
        bytesPerWeight = bytes;
        return this;
    }

    /**
     * Sets the listener that is called for each reclaimed entry, right after its removal. It replaces an earlier one.
     * It runs on the thread of the scan, which waits, so it must be quick. A {@link RuntimeException} that it throws is
     * logged, at most once per minute, and otherwise ignored.
     */
    public CaffeineShrinker<K, V> onReclaimed(BiConsumer<? super K, ? super V> newListener) {
        Objects.requireNonNull(newListener, "newListener");
        listener = new CaffeineListener<>(newListener);
        return this;
    }

    /**
     * Announces an entry that was put. Call it after the put, not in the loader that makes the entry. Optional, but an
     * application that calls it must do so for every entry: from the first call on, cgroups without entries count as
     * {@link #EMPTY}. Costs next to nothing if the cgroup's bit is set. Does nothing before registration.
     */
    public void added(K key) {
        Objects.requireNonNull(key, "key");
        ShrinkerHandle now = handle;
        if (now != null) {
            owners.added(key, now);
        }
    }

    /**
     * Reports a requested key that the cache does not have, for example from a loader. If the key was reclaimed a short
     * while ago, this is a refault. Optional: without it, refaults are found later.
     */
    public void missed(K key) {
        Objects.requireNonNull(key, "key");
        refaults.missed(key);
    }

    /**
     * Limits the number of reclaimed keys that are remembered to find refaults. As many are remembered as the cache has
     * entries, at least 1,024 and at most this limit, rounded up to a power of two. A key is held, in 16 bytes plus the
     * key itself, until as many others were reclaimed. Use a smaller limit for keys that are large, or that are
     * expected to be collected ({@code weakKeys}).
     *
     * @param keys 0 (no refaults are found) to {@value CaffeineRefaults#MAX_CAPACITY}, which is the default
     * @throws IllegalArgumentException if it is outside this range
     */
    public CaffeineShrinker<K, V> rememberedKeys(int keys) {
        if (keys < 0 || keys > CaffeineRefaults.MAX_CAPACITY) {
            throw new IllegalArgumentException("The number of keys to remember is [" + keys + "] but has to be 0 to "
                    + CaffeineRefaults.MAX_CAPACITY);
        }
        refaults.limit(keys);
        return this;
    }

    /** Returns the number of keys that came back soon after they were reclaimed, as far as found. */
    public long refaults() {
        return refaults.refaults();
    }

    /** Returns the number of entries that were reclaimed, without the cache's own evictions. */
    public long reclaimedObjects() {
        return reclaimed.sum();
    }

    @Override
    public long count(ShrinkControl control) {
        CaffeineOwners<K> now = owners;
        long objects = expired.during(() -> now.count(control.cgroup(), expired.uncounted()));
        if (objects > 0 && bytesPerWeight > 0) {
            control.heldBytes(entries.heldBytes(bytesPerWeight, now.share(control.cgroup())));
        }
        return objects;
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
            scan.run(
                    cursors.computeIfAbsent(cgroup, path -> entries.cursor()),
                    key -> now.ownerOf(key).equals(wanted));
        }
        scan.end();
        if (scan.freed() > 0) {
            now.reclaimed(cgroup, scan.freed());
            sketch.ifPresent(of -> of.reclaimed(scan.freed() - removed));
            maximum.ifPresent(of -> of.reclaimed(scan.freedWeight()));
        }
        if (ofWeight > 0) {
            control.freedBytes(scan.freedBytes());
        }
        refaults.checkAfterScan(scan.tried());
        return scan.freed();
    }

    @Override
    public long reparent(CgroupPath offline, CgroupPath parent, int node) {
        cursors.remove(offline);
        order.discard();
        return owners.reparent(offline, parent);
    }

    private void reclaimed(CaffeineEntries.Found<K, V> entry) {
        reclaimed.increment();
        refaults.reclaimed(entry.key());
        listener.reclaimed(entry.key(), entry.value());
    }
}
