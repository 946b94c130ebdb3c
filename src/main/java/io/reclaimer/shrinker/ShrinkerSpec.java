package io.reclaimer.shrinker;

import static io.reclaimer.shrinker.ShrinkerTrait.BLOCKING;
import static io.reclaimer.shrinker.ShrinkerTrait.CGROUP_AWARE;
import static io.reclaimer.shrinker.ShrinkerTrait.FREES_AT_ONCE;
import static io.reclaimer.shrinker.ShrinkerTrait.LOSSLESS;
import static io.reclaimer.shrinker.ShrinkerTrait.NON_SLAB;
import static io.reclaimer.shrinker.ShrinkerTrait.NUMA_AWARE;
import static io.reclaimer.shrinker.ShrinkerTrait.REENTRANT;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The properties of a shrinker, which are fixed at its allocation. Immutable. The constructor and all methods throw an
 * {@link IllegalArgumentException} that names a property outside of its range.
 *
 * @param name the name, for people: 1 to {@value #MAX_NAME_LENGTH} characters, not blank, no control characters; need
 *     not be unique
 * @param traits the properties that the shrinker declares
 * @param seeks the cost of recreating an object, relative to {@link #DEFAULT_SEEKS}, 0 or more; 0 stands for no cost
 * @param batch the most objects of one scan call, at least 1; given as 0 it is {@link #DEFAULT_BATCH}. Rounds with a
 *     target in bytes ask for fewer if objects are large
 * @param objectBytes the approximate size of one object in bytes, with its key and its entry in the cache, at least 1;
 *     empty if unknown. Rounds with a target in bytes and heap pressure use it until scans report the bytes that they
 *     freed ({@link ShrinkControl#freedBytes})
 * @param callDeadline the time after which a call counts as not answered: above 0, at most {@link #MAX_CALL_DEADLINE}; empty
 *     for the configured default
 * @param nodes the numbers of the nodes whose rounds visit it, each from 0; empty for all
 */
public record ShrinkerSpec(
        String name,
        Set<ShrinkerTrait> traits,
        int seeks,
        long batch,
        OptionalLong objectBytes,
        Optional<Duration> callDeadline,
        Set<Integer> nodes) {

    /** The default cost of recreating an object (the kernel's {@code DEFAULT_SEEKS}). */
    public static final int DEFAULT_SEEKS = 2;

    /** The default for the most objects of one scan call (the kernel's {@code SHRINK_BATCH}). */
    public static final long DEFAULT_BATCH = 128;

    /** The size assumed for an object of unknown size, in bytes: a small record with its key and its entry in a map. */
    public static final long DEFAULT_OBJECT_BYTES = 1024;

    /** The length of the longest name, in characters (the kernel's name buffer). */
    public static final int MAX_NAME_LENGTH = 128;

    /** The longest deadline of one call. */
    public static final Duration MAX_CALL_DEADLINE = Duration.ofHours(1);

    public ShrinkerSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(traits, "traits");
        Objects.requireNonNull(objectBytes, "objectBytes");
        Objects.requireNonNull(callDeadline, "callDeadline");
        Objects.requireNonNull(nodes, "nodes");
        if (name.isBlank() || name.length() > MAX_NAME_LENGTH || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("The name of a shrinker is [" + abbreviated(name)
                    + "] but has to have 1 to " + MAX_NAME_LENGTH
                    + " characters, not only blanks, and no control characters");
        }
        if (seeks < 0) {
            throw new IllegalArgumentException(
                    "Shrinker [" + name + "]: seeks is [" + seeks + "] but has to be 0 or more");
        }
        if (batch < 0) {
            throw new IllegalArgumentException(
                    "Shrinker [" + name + "]: batch is [" + batch + "] but has to be 0 (the default) or more");
        }
        objectBytes.ifPresent(bytes -> {
            if (bytes < 1) {
                throw new IllegalArgumentException(
                        "Shrinker [" + name + "]: objectBytes is [" + bytes + "] but has to be 1 or more");
            }
        });
        callDeadline.ifPresent(deadline -> {
            if (deadline.isZero() || deadline.isNegative() || deadline.compareTo(MAX_CALL_DEADLINE) > 0) {
                throw new IllegalArgumentException("Shrinker [" + name + "]: the deadline of a call is [" + deadline
                        + "] but has to be above 0 and at most [" + MAX_CALL_DEADLINE + "]");
            }
        });
        if (nodes.stream().anyMatch(node -> node < 0)) {
            throw new IllegalArgumentException("Shrinker [" + name + "]: its nodes are " + nodes
                    + " but each has to be 0 or more; none for all nodes");
        }
        traits = Set.copyOf(traits);
        nodes = Set.copyOf(nodes);
        batch = batch == 0 ? DEFAULT_BATCH : batch;
    }

    /** Returns the spec of a global shrinker with the defaults. */
    public static ShrinkerSpec named(String name) {
        return new ShrinkerSpec(
                name, Set.of(), DEFAULT_SEEKS, DEFAULT_BATCH, OptionalLong.empty(), Optional.empty(), Set.of());
    }

    /** Returns a copy for a shrinker that keeps its objects by cgroup. */
    public ShrinkerSpec byCgroup() {
        return with(CGROUP_AWARE);
    }

    /** Returns a copy for a shrinker that keeps its objects by node. */
    public ShrinkerSpec byNode() {
        return with(NUMA_AWARE);
    }

    /** Returns a copy for a shrinker that is called in cgroups even while object accounting is off. */
    public ShrinkerSpec alsoWithoutAccounting() {
        return with(NON_SLAB);
    }

    /** Returns a copy for a shrinker whose calls may wait. */
    public ShrinkerSpec blocking() {
        return with(BLOCKING);
    }

    /** Returns a copy for a shrinker that may be called for a pair while a call for that pair is under way. */
    public ShrinkerSpec reentrant() {
        return with(REENTRANT);
    }

    /** Returns a copy for a shrinker from which nothing is lost. */
    public ShrinkerSpec lossless() {
        return with(LOSSLESS);
    }

    /** Returns a copy for a shrinker whose memory is freed without a garbage collection. */
    public ShrinkerSpec freesAtOnce() {
        return with(FREES_AT_ONCE);
    }

    /** Returns a copy with another cost of recreating an object: 0 or more. */
    public ShrinkerSpec seeks(int newSeeks) {
        return new ShrinkerSpec(name, traits, newSeeks, batch, objectBytes, callDeadline, nodes);
    }

    /** Returns a copy with another number of objects of one scan call: 1 or more, or 0 for the default. */
    public ShrinkerSpec batch(long newBatch) {
        return new ShrinkerSpec(name, traits, seeks, newBatch, objectBytes, callDeadline, nodes);
    }

    /** Returns a copy with another size of an object: at least 1 byte. */
    public ShrinkerSpec objectBytes(long bytes) {
        return new ShrinkerSpec(name, traits, seeks, batch, OptionalLong.of(bytes), callDeadline, nodes);
    }

    /** Returns a copy with another deadline of a call: above 0, at most {@link #MAX_CALL_DEADLINE}. */
    public ShrinkerSpec callDeadline(Duration deadline) {
        Objects.requireNonNull(deadline, "deadline");
        return new ShrinkerSpec(name, traits, seeks, batch, objectBytes, Optional.of(deadline), nodes);
    }

    /**
     * Returns a copy for a shrinker that takes part in rounds over these nodes only. For example, a cache on the heap
     * can free nothing for a round for direct memory. By default a shrinker that is not NUMA aware is visited in the
     * rounds of all nodes.
     *
     * @param numbers one or more, each from 0
     */
    public ShrinkerSpec onNodes(int... numbers) {
        Objects.requireNonNull(numbers, "numbers");
        if (numbers.length == 0) {
            throw new IllegalArgumentException(
                    "Shrinker [" + name + "]: no node is given but there have to be one or more, each from 0");
        }
        return new ShrinkerSpec(
                name,
                traits,
                seeks,
                batch,
                objectBytes,
                callDeadline,
                Arrays.stream(numbers).boxed().collect(Collectors.toUnmodifiableSet()));
    }

    /** Returns a copy for a global shrinker: the spec of a cgroup-aware shrinker if cgroups are disabled. */
    public ShrinkerSpec global() {
        return withTraits(without(CGROUP_AWARE));
    }

    public boolean cgroupAware() {
        return traits.contains(CGROUP_AWARE);
    }

    public boolean numaAware() {
        return traits.contains(NUMA_AWARE);
    }

    private ShrinkerSpec with(ShrinkerTrait trait) {
        EnumSet<ShrinkerTrait> more = EnumSet.of(trait);
        more.addAll(traits);
        return withTraits(more);
    }

    private Set<ShrinkerTrait> without(ShrinkerTrait trait) {
        EnumSet<ShrinkerTrait> fewer = EnumSet.noneOf(ShrinkerTrait.class);
        fewer.addAll(traits);
        fewer.remove(trait);
        return fewer;
    }

    private ShrinkerSpec withTraits(Set<ShrinkerTrait> newTraits) {
        return new ShrinkerSpec(name, newTraits, seeks, batch, objectBytes, callDeadline, nodes);
    }

    private static String abbreviated(String name) {
        return name.length() <= MAX_NAME_LENGTH
                ? name
                : name.substring(0, 32) + "... (" + name.length() + " characters)";
    }
}
