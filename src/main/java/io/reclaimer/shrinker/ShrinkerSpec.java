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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The properties of a shrinker, which are fixed at its allocation. Immutable: each method that changes a property
 * returns a copy, and throws an {@link IllegalArgumentException} that names a property outside of its range.
 */
public final class ShrinkerSpec {

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

    private record Calls(long batch, Optional<Duration> deadline) {}

    /** The nodes, by number or by name; all if both are empty. */
    private record Nodes(Set<Integer> numbers, Set<String> names) {
        boolean isAll() {
            return numbers.isEmpty() && names.isEmpty();
        }
    }

    private final String name;
    private final Set<ShrinkerTrait> traits;
    private final int seeks;
    private final Calls calls;
    private final OptionalLong objectBytes;
    private final Nodes nodes;

    private ShrinkerSpec(
            String name, Set<ShrinkerTrait> traits, int seeks, Calls calls, OptionalLong objectBytes, Nodes nodes) {
        this.name = name;
        this.traits = traits;
        this.seeks = seeks;
        this.calls = calls;
        this.objectBytes = objectBytes;
        this.nodes = nodes;
    }

    /**
     * Returns the spec of a global shrinker with the defaults.
     *
     * @param name for people: 1 to {@value #MAX_NAME_LENGTH} characters, not blank, no control characters; need not be
     *     unique
     */
    public static ShrinkerSpec named(String name) {
        Objects.requireNonNull(name, "name");
        if (name.isBlank() || name.length() > MAX_NAME_LENGTH || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("The name of a shrinker is [" + abbreviated(name)
                    + "] but has to have 1 to " + MAX_NAME_LENGTH
                    + " characters, not only blanks, and no control characters");
        }
        return new ShrinkerSpec(
                name,
                Set.of(),
                DEFAULT_SEEKS,
                new Calls(DEFAULT_BATCH, Optional.empty()),
                OptionalLong.empty(),
                new Nodes(Set.of(), Set.of()));
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

    /** Returns a copy that declares one more trait. */
    public ShrinkerSpec with(ShrinkerTrait trait) {
        Objects.requireNonNull(trait, "trait");
        EnumSet<ShrinkerTrait> more = EnumSet.of(trait);
        more.addAll(traits);
        return withTraits(more);
    }

    /** Returns a copy for a global shrinker: the spec of a cgroup-aware shrinker if cgroups are disabled. */
    public ShrinkerSpec global() {
        return withTraits(traits.stream().filter(trait -> trait != CGROUP_AWARE).collect(Collectors.toSet()));
    }

    private ShrinkerSpec withTraits(Set<ShrinkerTrait> newTraits) {
        return new ShrinkerSpec(name, Set.copyOf(newTraits), seeks, calls, objectBytes, nodes);
    }

    /** Returns a copy with another cost of recreating an object: 0 (no cost) or more. */
    public ShrinkerSpec seeks(int newSeeks) {
        if (newSeeks < 0) {
            throw invalid("seeks is [" + newSeeks + "] but has to be 0 or more");
        }
        return new ShrinkerSpec(name, traits, newSeeks, calls, objectBytes, nodes);
    }

    /** Returns a copy with another number of objects of one scan call: 1 or more, or 0 for the default. */
    public ShrinkerSpec batch(long newBatch) {
        if (newBatch < 0) {
            throw invalid("batch is [" + newBatch + "] but has to be 0 (the default) or more");
        }
        return withCalls(new Calls(newBatch == 0 ? DEFAULT_BATCH : newBatch, calls.deadline));
    }

    /** Returns a copy with another deadline of a call: above 0, at most {@link #MAX_CALL_DEADLINE}. */
    public ShrinkerSpec callDeadline(Duration deadline) {
        Objects.requireNonNull(deadline, "deadline");
        if (deadline.isZero() || deadline.isNegative() || deadline.compareTo(MAX_CALL_DEADLINE) > 0) {
            throw invalid("the deadline of a call is [" + deadline + "] but has to be above 0 and at most ["
                    + MAX_CALL_DEADLINE + "]");
        }
        return withCalls(new Calls(calls.batch, Optional.of(deadline)));
    }

    private ShrinkerSpec withCalls(Calls newCalls) {
        return new ShrinkerSpec(name, traits, seeks, newCalls, objectBytes, nodes);
    }

    /**
     * Returns a copy with another size of an object, with its key and its entry in the cache: at least 1 byte. Rounds
     * with a target in bytes and heap pressure use it until scans report the bytes that they freed ({@link
     * ShrinkControl#freedBytes}).
     */
    public ShrinkerSpec objectBytes(long bytes) {
        if (bytes < 1) {
            throw invalid("objectBytes is [" + bytes + "] but has to be 1 or more");
        }
        return new ShrinkerSpec(name, traits, seeks, calls, OptionalLong.of(bytes), nodes);
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
        if (Arrays.stream(numbers).anyMatch(number -> number < 0)) {
            throw invalid(
                    "its nodes are " + Arrays.toString(numbers) + " but each has to be 0 or more; none for all nodes");
        }
        return withNodes(new Nodes(Arrays.stream(numbers).boxed().collect(Collectors.toUnmodifiableSet()), Set.of()));
    }

    /**
     * Returns a copy for a shrinker that takes part in rounds over these nodes only, see {@link #onNodes(int...)}. Its
     * allocation fails if there is no node of a name.
     *
     * @param names one or more, as in {@code reclaimer.nodes}
     */
    public ShrinkerSpec onNodes(String... names) {
        Objects.requireNonNull(names, "names");
        return withNodes(new Nodes(Set.of(), Arrays.stream(names).collect(Collectors.toUnmodifiableSet())));
    }

    private ShrinkerSpec withNodes(Nodes newNodes) {
        if (newNodes.isAll()) {
            throw invalid("no node is given but there have to be one or more, by numbers from 0 or by names");
        }
        return new ShrinkerSpec(name, traits, seeks, calls, objectBytes, newNodes);
    }

    public String name() {
        return name;
    }

    /** Returns the properties that the shrinker declares. */
    public Set<ShrinkerTrait> traits() {
        return traits;
    }

    public boolean isCgroupAware() {
        return traits.contains(CGROUP_AWARE);
    }

    public boolean isNumaAware() {
        return traits.contains(NUMA_AWARE);
    }

    /** Returns the cost of recreating an object, relative to {@link #DEFAULT_SEEKS}; 0 stands for no cost. */
    public int seeks() {
        return seeks;
    }

    /**
     * Returns the most objects of one scan call, at least 1. Rounds with a target in bytes ask for fewer if objects are
     * large.
     */
    public long batch() {
        return calls.batch;
    }

    /** Returns the approximate size of one object in bytes; empty if unknown. */
    public OptionalLong objectBytes() {
        return objectBytes;
    }

    /** Returns the time after which a call counts as not answered; empty for the configured default. */
    public Optional<Duration> callDeadline() {
        return calls.deadline;
    }

    /** Returns whether the rounds of all nodes visit it, because none was given. */
    public boolean isOnAllNodes() {
        return nodes.isAll();
    }

    /** Returns the numbers of the nodes whose rounds visit it; empty if they are named, and for all. */
    public Set<Integer> nodes() {
        return nodes.numbers;
    }

    /** Returns the names of the nodes whose rounds visit it; empty if they are numbered, and for all. */
    public Set<String> nodeNames() {
        return nodes.names;
    }

    private List<Object> properties() {
        return List.of(name, traits, seeks, calls, objectBytes, nodes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ShrinkerSpec that && properties().equals(that.properties());
    }

    @Override
    public int hashCode() {
        return properties().hashCode();
    }

    @Override
    public String toString() {
        return "ShrinkerSpec" + properties();
    }

    private IllegalArgumentException invalid(String what) {
        return new IllegalArgumentException("Shrinker [" + name + "]: " + what);
    }

    private static String abbreviated(String name) {
        return name.length() <= MAX_NAME_LENGTH
                ? name
                : name.substring(0, 32) + "... (" + name.length() + " characters)";
    }
}
