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
 * The request of a round. Immutable, so one request can be made any number of times.
 *
 * <p>By default a request is for one pass over the subtree on all nodes, at the lowest priority. With a target the
 * round goes on at falling priorities until the target is met.
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

    /**
     * The aim of a round: at most one of both.
     *
     * @param heldLimit bytes that the subtree may hold at most
     */
    private record Aim(Optional<ReclaimTarget> target, OptionalLong heldLimit) {
        static final Aim ONE_PASS = new Aim(Optional.empty(), OptionalLong.empty());
    }

    private final Scope scope;
    private final Aim aim;
    private final int priority;
    private final Optional<Duration> within;
    private final Set<ReclaimFlag> flags;
    private final Optional<Cancellation> cancellation;

    private ReclaimRequest(
            Scope scope,
            Aim aim,
            int priority,
            Optional<Duration> within,
            Set<ReclaimFlag> flags,
            Optional<Cancellation> cancellation) {
        this.scope = scope;
        this.aim = aim;
        this.priority = priority;
        this.within = within;
        this.flags = flags;
        this.cancellation = cancellation;
    }

    /**
     * Returns a request for a round on a cgroup and its descendants.
     *
     * @throws IllegalArgumentException if {@code path} is not a valid path, see {@link CgroupPath#of}
     */
    public static ReclaimRequest in(String path) {
        return in(CgroupPath.of(path));
    }

    /** Returns a request for a round on a cgroup and its descendants. */
    public static ReclaimRequest in(CgroupPath cgroup) {
        Objects.requireNonNull(cgroup, "cgroup");
        return new ReclaimRequest(
                new Scope(cgroup, false, List.of(), List.of()),
                Aim.ONE_PASS,
                Shrinker.LOWEST_PRIORITY,
                Optional.empty(),
                Set.of(),
                Optional.empty());
    }

    /** Returns a request for a round on the whole tree, with the pass of the root over all shrinkers. */
    public static ReclaimRequest everywhere() {
        return in(CgroupPath.root());
    }

    /** Returns a copy for the cgroup alone, without those below it. */
    public ReclaimRequest withoutDescendants() {
        return in(new Scope(scope.top, true, scope.numbers, scope.names));
    }

    /**
     * Returns a copy for these nodes only. Replaces nodes that were named.
     *
     * @param numbers at least one, each from 0, none twice
     * @throws IllegalArgumentException if they are not
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
     * Returns a copy for these nodes only. Replaces nodes that were numbered. A round fails if there is no node of a name.
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
        return new ReclaimRequest(newScope, aim, priority, within, flags, cancellation);
    }

    /**
     * Returns a copy with a target in objects, which replaces a target in bytes. The round goes on at falling
     * priorities until so many objects are freed. It overshoots by less than one batch for each call under way when the
     * target is met.
     *
     * @param objects at least 1
     * @throws IllegalArgumentException if it is below 1
     */
    public ReclaimRequest objects(long objects) {
        return target(ReclaimTarget.objects(objects));
    }

    /**
     * Returns a copy with a target in bytes, which replaces a target in objects. The round goes on at falling
     * priorities until so many bytes are freed, by the sizes that rounds have learned from shrinkers, otherwise by
     * those that shrinkers declare. An object of unknown size counts as {@value ShrinkerSpec#DEFAULT_OBJECT_BYTES}
     * bytes.
     *
     * <p>The round overshoots by less than one batch for each call under way when the target is met. A batch is at most
     * 1 MiB of objects, or one object if that is larger.
     *
     * @param bytes at least 1
     * @throws IllegalArgumentException if it is below 1
     */
    public ReclaimRequest bytes(long bytes) {
        return bytes(bytes, ShrinkerSpec.DEFAULT_OBJECT_BYTES);
    }

    /**
     * Returns a copy with a target in bytes as {@link #bytes(long)} does, with an assumed size for objects of unknown
     * size.
     *
     * @param bytes at least 1
     * @param unknownObjectBytes the size assumed for an object whose size is neither declared nor learned, in bytes, at
     *     least 1: the larger it is, the fewer of these objects are freed
     * @throws IllegalArgumentException if one of them is below 1
     */
    public ReclaimRequest bytes(long bytes, long unknownObjectBytes) {
        return target(ReclaimTarget.bytes(bytes, unknownObjectBytes));
    }

    /**
     * Returns a copy whose target is that the subtree holds at most so many bytes on the nodes of the request, which
     * replaces a target in objects or bytes. The bytes that are held are counted ({@link CountReport#heldBytes}), and
     * what is too much is reclaimed and counted again, until the target is met, nothing is gained any more, or the
     * deadline has passed. So progress is judged by what is held, and not by what shrinkers say that they freed.
     *
     * <p>Bytes that were added in between count, too. The report has the sums of all that was done, and {@link
     * ReclaimReport#heldBytes}.
     *
     * @param bytes 0 or more
     * @throws IllegalArgumentException if it is below 0
     */
    public ReclaimRequest untilHeldIs(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(
                    "The bytes that a subtree may hold are [" + bytes + "] but have to be 0 or more");
        }
        return with(new Aim(Optional.empty(), OptionalLong.of(bytes)));
    }

    private ReclaimRequest target(ReclaimTarget newTarget) {
        return with(new Aim(Optional.of(newTarget), OptionalLong.empty()));
    }

    private ReclaimRequest with(Aim newAim) {
        return new ReclaimRequest(scope, newAim, priority, within, flags, cancellation);
    }

    /**
     * Returns a copy that starts at another priority.
     *
     * @param start 12 (hardly any pressure) to 0 (everything); at least 1 for a background round
     * @throws IllegalArgumentException if it is outside of this range
     */
    public ReclaimRequest startingAt(int start) {
        return checked(new ReclaimRequest(scope, aim, start, within, flags, cancellation));
    }

    /**
     * Returns a copy with a deadline: the round is answered by then at the latest, with what it has done.
     *
     * @param deadline above 0, at most one day, from the start of the round
     * @throws IllegalArgumentException if it is outside of this range
     */
    public ReclaimRequest within(Duration deadline) {
        if (deadline.isZero() || deadline.isNegative() || deadline.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("The deadline of a request is [" + deadline
                    + "] but has to be above 0 and at most [" + LONGEST + "]");
        }
        return new ReclaimRequest(scope, aim, priority, Optional.of(deadline), flags, cancellation);
    }

    /**
     * Returns a copy for a background round: nobody waits for it, and it ends at priority 1.
     *
     * @throws IllegalArgumentException if the request starts at priority 0
     */
    public ReclaimRequest background() {
        return checked(flag(ReclaimFlag.BACKGROUND, true));
    }

    /**
     * Returns a copy that declares whether the caller can wait. By default it can.
     *
     * <p>For a caller that can't wait, shrinkers that may block are not called, and keep their bits. These are blocking
     * shrinkers, those that reply with stages, actors, and those that were slow lately. If the target is not met
     * without them, a background round that asks only them starts by itself when this one ends. It has the missing part
     * of the target, or is one pass if there was no target.
     */
    public ReclaimRequest mayBlock(boolean may) {
        return flag(ReclaimFlag.MAY_NOT_BLOCK, !may);
    }

    /** Returns a copy that asks only shrinkers from which nothing is lost. */
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
        return new ReclaimRequest(scope, aim, priority, within, Set.copyOf(changed), cancellation);
    }

    /** Returns a copy that is ended early when {@code newCancellation} is thrown. */
    public ReclaimRequest cancelledBy(Cancellation newCancellation) {
        Objects.requireNonNull(newCancellation, "newCancellation");
        return new ReclaimRequest(scope, aim, priority, within, flags, Optional.of(newCancellation));
    }

    /** Returns the top of the subtree. */
    public CgroupPath cgroup() {
        return scope.top;
    }

    /** Whether cgroups below the top are left out. */
    public boolean isWithoutDescendants() {
        return scope.withoutDescendants;
    }

    /** Returns the numbers of the nodes; empty if they are named, and for all. */
    public List<Integer> nodes() {
        return scope.numbers;
    }

    /** Returns the names of the nodes; empty if they are numbered, and for all. */
    public List<String> nodeNames() {
        return scope.names;
    }

    /**
     * Returns the numbers of the nodes by the settings of a reclaimer; empty for all.
     *
     * @throws io.reclaimer.shrinker.ReclaimerException if there is no such node
     */
    public List<Integer> nodes(ReclaimerSettings settings) {
        Objects.requireNonNull(settings, "settings");
        scope.numbers.forEach(settings::nodeName);
        return scope.names.isEmpty()
                ? scope.numbers
                : scope.names.stream().map(settings::node).toList();
    }

    /** Returns the target in objects; empty for one pass, and for a target in bytes. */
    public OptionalLong objects() {
        return amount(ReclaimTarget.Unit.OBJECTS);
    }

    /** Returns the target in bytes; empty for one pass, and for a target in objects. */
    public OptionalLong bytes() {
        return amount(ReclaimTarget.Unit.BYTES);
    }

    /** Returns how many bytes the subtree may hold at most; empty for any other target, and for one pass. */
    public OptionalLong heldLimit() {
        return aim.heldLimit;
    }

    /** Returns the size assumed for an object of unknown size, in bytes. */
    public long unknownObjectBytes() {
        return aim.target.map(ReclaimTarget::unknownObjectBytes).orElse(ShrinkerSpec.DEFAULT_OBJECT_BYTES);
    }

    private OptionalLong amount(ReclaimTarget.Unit unit) {
        return aim.target.filter(of -> of.unit() == unit).stream()
                .mapToLong(ReclaimTarget::amount)
                .findFirst();
    }

    /** Returns the target; empty for one pass, and for a limit of what is held. */
    Optional<ReclaimTarget> target() {
        return aim.target;
    }

    /** Returns the first priority. */
    public int priority() {
        return priority;
    }

    /** Returns the deadline; empty for the configured default. */
    public Optional<Duration> within() {
        return within;
    }

    /** Returns the flags, which shrinkers and trace listeners are shown. */
    public Set<ReclaimFlag> flags() {
        return flags;
    }

    /** Returns the cancellation that ends the round early, if there is one. */
    public Optional<Cancellation> cancellation() {
        return cancellation;
    }

    /** Returns the last priority: the round ends there, whether the target is met or not. */
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
                + (aim.heldLimit.isPresent() ? " held<=" + aim.heldLimit.getAsLong() : "")
                + aim.target
                        .map(of -> " " + of.unit().name().toLowerCase(Locale.ROOT) + "=" + of.amount())
                        .orElse("")
                + " priority=" + priority
                + within.map(d -> " within=" + d).orElse("")
                + (flags.isEmpty() ? "" : " " + flags)
                + "]";
    }
}
