package io.reclaimer;

import io.reclaimer.engine.unit.ReclaimTarget;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a round is to do. Immutable, so one request can be made any number of times.
 *
 * <p>Without more, a request is for one pass over the subtree on all nodes, at the lowest priority; with a target it
 * goes on at falling priorities until the target is met.
 *
 * <p>The priority falls for those who have answered. A round goes on without the (cgroup, node) pairs that are silent for
 * {@code reclaimer.late-after}; it asks such a pair again only after the pair has answered, and counts what it freed. So a
 * pair by itself sees falling priorities, none twice, while different pairs may be at different ones.
 */
public final class ReclaimRequest {

    private static final Duration LONGEST = Duration.ofDays(1);

    /**
     * The cgroups and nodes of a request.
     *
     * @param numbers the numbers of the nodes; empty where they are named, or all
     * @param names the names of the nodes; empty where they are numbered, or all
     */
    private record Scope(CgroupPath top, boolean withoutDescendants, List<Integer> numbers, List<String> names) {}

    private final Scope scope;
    private final Optional<ReclaimTarget> target;
    private final int priority;
    private final Optional<Duration> within;
    private final Set<ReclaimFlag> flags;
    private final Optional<Cancellation> cancellation;

    private ReclaimRequest(
            Scope scope,
            Optional<ReclaimTarget> target,
            int priority,
            Optional<Duration> within,
            Set<ReclaimFlag> flags,
            Optional<Cancellation> cancellation) {
        this.scope = scope;
        this.target = target;
        this.priority = priority;
        this.within = within;
        this.flags = flags;
        this.cancellation = cancellation;
    }

    /**
     * A round on a cgroup and all below it.
     *
     * @throws IllegalArgumentException where {@code path} is none, see {@link CgroupPath#of}
     */
    public static ReclaimRequest in(String path) {
        return in(CgroupPath.of(path));
    }

    /** A round on a cgroup and all below it. */
    public static ReclaimRequest in(CgroupPath cgroup) {
        Objects.requireNonNull(cgroup, "cgroup");
        return new ReclaimRequest(
                new Scope(cgroup, false, List.of(), List.of()),
                Optional.empty(),
                Shrinker.LOWEST_PRIORITY,
                Optional.empty(),
                Set.of(),
                Optional.empty());
    }

    /** A round on the whole tree, the root's own pass over all shrinkers included. */
    public static ReclaimRequest everywhere() {
        return in(CgroupPath.root());
    }

    /** The same, on the cgroup alone, without those below it. */
    public ReclaimRequest withoutDescendants() {
        return in(new Scope(scope.top, true, scope.numbers, scope.names));
    }

    /**
     * The same, on these nodes only. Replaces nodes that were named.
     *
     * @param numbers at least one, each from 0, none twice
     */
    public ReclaimRequest onNodes(int... numbers) {
        Objects.requireNonNull(numbers, "numbers");
        List<Integer> list = IntStream.of(numbers).boxed().toList();
        if (list.stream().anyMatch(n -> n < 0)) {
            throw invalidNodes(list);
        }
        return in(new Scope(scope.top, scope.withoutDescendants, distinct(list), List.of()));
    }

    /**
     * The same, on these nodes only. Replaces nodes that were numbered. A round fails if there is no node of a name.
     *
     * @param names at least one, none twice, as in {@code reclaimer.nodes}
     */
    public ReclaimRequest onNodes(String... names) {
        Objects.requireNonNull(names, "names");
        return in(new Scope(scope.top, scope.withoutDescendants, List.of(), distinct(List.of(names))));
    }

    private static <T> List<T> distinct(List<T> nodes) {
        if (nodes.isEmpty() || nodes.size() > Set.copyOf(nodes).size()) {
            throw invalidNodes(nodes);
        }
        return nodes;
    }

    private static IllegalArgumentException invalidNodes(List<?> nodes) {
        return new IllegalArgumentException("The nodes of a request are " + nodes
                + " but have to be one or more, none twice, by numbers from 0 or by names");
    }

    private ReclaimRequest in(Scope newScope) {
        return new ReclaimRequest(newScope, target, priority, within, flags, cancellation);
    }

    /**
     * The same, going on at falling priorities until that many objects are freed, and stopping within a batch a thread
     * of that. Replaces a target in bytes.
     *
     * @param objects at least 1
     */
    public ReclaimRequest objects(long objects) {
        return target(ReclaimTarget.objects(objects));
    }

    /**
     * The same, going on at falling priorities until that many bytes are freed, by the sizes that shrinkers declare and those
     * that rounds have learned from them; an object of which nothing is known counts as
     * {@value ShrinkerSpec#DEFAULT_OBJECT_BYTES} bytes. Replaces a target in objects.
     *
     * <p>It stops within a batch a thread of that. A batch is at most 1 MiB of objects, or one object where that is larger.
     *
     * @param bytes at least 1
     */
    public ReclaimRequest bytes(long bytes) {
        return bytes(bytes, ShrinkerSpec.DEFAULT_OBJECT_BYTES);
    }

    /**
     * The same, where something is known of objects whose shrinkers say nothing.
     *
     * @param bytes at least 1
     * @param unknownObjectBytes how many bytes an object is taken to hold where that is neither declared nor learned, at least 1:
     *     the more, the fewer of them go
     */
    public ReclaimRequest bytes(long bytes, long unknownObjectBytes) {
        return target(ReclaimTarget.bytes(bytes, unknownObjectBytes));
    }

    private ReclaimRequest target(ReclaimTarget newTarget) {
        return new ReclaimRequest(scope, Optional.of(newTarget), priority, within, flags, cancellation);
    }

    /**
     * The same, starting at another priority.
     *
     * @param start 12, hardly any pressure, to 0, everything; at least 1 for a background round
     */
    public ReclaimRequest startingAt(int start) {
        return checked(new ReclaimRequest(scope, target, start, within, flags, cancellation));
    }

    /**
     * The same, answered by then at the latest, with what was done until then.
     *
     * @param deadline above 0, at most a day, from the time the request is made
     */
    public ReclaimRequest within(Duration deadline) {
        if (deadline.isZero() || deadline.isNegative() || deadline.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("The deadline of a request is [" + deadline
                    + "] but has to be above 0 and at most [" + LONGEST + "]");
        }
        return new ReclaimRequest(scope, target, priority, Optional.of(deadline), flags, cancellation);
    }

    /** The same as a background round: nobody waits for it, and it ends at priority 1. */
    public ReclaimRequest background() {
        return checked(flag(ReclaimFlag.BACKGROUND, true));
    }

    /**
     * The same, saying whether who asks can wait; without this, it can.
     *
     * <p>Where it can't, shrinkers that may block (those that say so, those that answer with stages, and actors) are not
     * called, and keep their bits. Where the target is not met without them, a background round that asks them alone
     * starts by itself when this one has answered, for what is missing of the target, or with one pass.
     */
    public ReclaimRequest mayBlock(boolean may) {
        return flag(ReclaimFlag.MAY_NOT_BLOCK, !may);
    }

    /** The same, asking only shrinkers from which nothing is lost. */
    public ReclaimRequest losslessOnly() {
        return flag(ReclaimFlag.LOSSLESS_ONLY, true);
    }

    private ReclaimRequest flag(ReclaimFlag flag, boolean on) {
        EnumSet<ReclaimFlag> changed = EnumSet.noneOf(ReclaimFlag.class);
        changed.addAll(flags);
        if (on) {
            changed.add(flag);
        } else {
            changed.remove(flag);
        }
        return new ReclaimRequest(scope, target, priority, within, Set.copyOf(changed), cancellation);
    }

    /** The same, ended early when {@code cancellation} is thrown. */
    public ReclaimRequest cancelledBy(Cancellation newCancellation) {
        Objects.requireNonNull(newCancellation, "newCancellation");
        return new ReclaimRequest(scope, target, priority, within, flags, Optional.of(newCancellation));
    }

    /** The top of the subtree. */
    public CgroupPath cgroup() {
        return scope.top;
    }

    /** Whether cgroups below the top are left out. */
    public boolean isWithoutDescendants() {
        return scope.withoutDescendants;
    }

    /** The numbers of the nodes; empty where they are named, or all. */
    public List<Integer> nodes() {
        return scope.numbers;
    }

    /** The names of the nodes; empty where they are numbered, or all. */
    public List<String> nodeNames() {
        return scope.names;
    }

    /**
     * The numbers of the nodes by the settings of a reclaimer; empty for all.
     *
     * @throws io.reclaimer.shrinker.ReclaimerException where there is no such node
     */
    public List<Integer> nodes(ReclaimerSettings settings) {
        scope.numbers.forEach(settings::nodeName);
        return scope.names.isEmpty()
                ? scope.numbers
                : scope.names.stream().map(settings::node).toList();
    }

    /** The target, where it is in objects; empty for one pass, and where it is in bytes. */
    public OptionalLong objects() {
        return amount(ReclaimTarget.Unit.OBJECTS);
    }

    /** The target, where it is in bytes; empty for one pass, and where it is in objects. */
    public OptionalLong bytes() {
        return amount(ReclaimTarget.Unit.BYTES);
    }

    /** How many bytes an object of unknown size is taken to hold. */
    public long unknownObjectBytes() {
        return target.map(ReclaimTarget::unknownObjectBytes).orElse(ShrinkerSpec.DEFAULT_OBJECT_BYTES);
    }

    private OptionalLong amount(ReclaimTarget.Unit unit) {
        return target.filter(of -> of.unit() == unit).stream()
                .mapToLong(ReclaimTarget::amount)
                .findFirst();
    }

    /** The target; empty for one pass. */
    Optional<ReclaimTarget> target() {
        return target;
    }

    /** The first priority. */
    public int priority() {
        return priority;
    }

    /** The deadline; empty for the configured default. */
    public Optional<Duration> within() {
        return within;
    }

    /** What shrinkers and trace listeners are shown of the request. */
    public Set<ReclaimFlag> flags() {
        return flags;
    }

    /** What ends the round early, if anything. */
    public Optional<Cancellation> cancellation() {
        return cancellation;
    }

    /** The priority at which the round ends, met or not. */
    int lastPriority() {
        return flags.contains(ReclaimFlag.BACKGROUND) ? Shrinker.HIGHEST_PRIORITY + 1 : Shrinker.HIGHEST_PRIORITY;
    }

    private static ReclaimRequest checked(ReclaimRequest request) {
        if (request.priority > Shrinker.LOWEST_PRIORITY || request.priority < request.lastPriority()) {
            throw new IllegalArgumentException("The priority of a request is [" + request.priority
                    + "] but has to be " + Shrinker.LOWEST_PRIORITY + " to " + request.lastPriority()
                    + (request.lastPriority() > 0 ? " in a background round" : ""));
        }
        return request;
    }

    @Override
    public String toString() {
        return "ReclaimRequest[" + scope.top
                + (scope.withoutDescendants ? " without descendants" : "")
                + (scope.numbers.isEmpty() ? "" : " nodes=" + scope.numbers)
                + (scope.names.isEmpty() ? "" : " nodes=" + scope.names)
                + target.map(of -> " " + of.unit().name().toLowerCase(Locale.ROOT) + "=" + of.amount())
                        .orElse("")
                + " priority=" + priority
                + within.map(d -> " within=" + d).orElse("")
                + (flags.isEmpty() ? "" : " " + flags)
                + "]";
    }
}
