package io.reclaimer.scenario;

import com.typesafe.config.ConfigObject;
import java.time.Duration;
import java.util.Optional;

/**
 * Something that is done, after the step before.
 *
 * @param position where it stands
 * @param at when, since the scenario's beginning; empty for right after the step before
 * @param member on which; empty for the first, and for each where it makes or changes what there is
 * @param action what
 * @param expect what it answers, exactly; empty where that does not matter
 */
public record Step(
        Position position,
        Optional<Duration> at,
        Optional<String> member,
        Action action,
        Optional<ConfigObject> expect) {

    /** What is done. A cgroup is a path, or the name that {@link Online} gave it; {@code root} is the root's. */
    public sealed interface Action {}

    /** Brings a cgroup up, below a parent; that is empty where the cgroup is a path. */
    public record Online(String cgroup, Optional<String> parent) implements Action {}

    public record Offline(String cgroup) implements Action {}

    /** Allocates a shrinker and does not register it. */
    public record Alloc(ShrinkerModel shrinker) implements Action {}

    public record Register(String shrinker) implements Action {}

    public record Free(String shrinker) implements Action {}

    /** Objects join the cache; no bit is set. */
    public record Put(String shrinker, String cgroup, int node, long objects) implements Action {}

    /** Objects that join right after the next count finds nothing. */
    public record Late(String shrinker, String cgroup, int node, long objects) implements Action {}

    /** Objects join the cache as an application puts them there: where there were none, the bit is set. */
    public record Add(String shrinker, String cgroup, int node, long objects) implements Action {}

    /** The application takes objects out itself; at most those that there are. */
    public record Remove(String shrinker, String cgroup, int node, long objects) implements Action {}

    public record SetBit(String shrinker, String cgroup, int node) implements Action {}

    /** One pass on one cgroup alone on one node. */
    public record Shrink(String cgroup, int node, int priority) implements Action {}

    /** Requests a round; the next step waits for its answer, but where it is {@code apart}. */
    public record Round(RoundModel round, boolean apart) implements Action {}

    /** Reads the whole state. */
    public record Dump() implements Action {}

    /** From now on a cache behaves another way. */
    public record Change(String shrinker, CacheModel cache) implements Action {}

    /** Time goes by. */
    public record Wait(Duration duration) implements Action {}

    /** The step's member is killed: it never answers again. */
    public record Kill() implements Action {}

    /** The step's member does nothing until it wakes. */
    public record Freeze() implements Action {}

    public record Wake() implements Action {}
}
