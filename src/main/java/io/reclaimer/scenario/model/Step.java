package io.reclaimer.scenario.model;

import com.typesafe.config.ConfigObject;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * One step. It starts after the reply to the step before.
 *
 * @param line in the file; 0 for an unknown line
 * @param at the earliest start, since the start of the scenario; empty for none
 * @param member where it runs; empty for the first member, and for every member if it changes something
 * @param expect the expected reply; empty for any
 */
public record Step(
        int line, Optional<Duration> at, Optional<String> member, Action action, Optional<ConfigObject> expect) {

    /** The action of a step, and the event of its start. */
    public sealed interface Action extends EventDetail {

        @Override
        default String text() {
            return verb();
        }

        @Override
        default String subject() {
            return text();
        }

        /** The name of the action in a file. */
        default String verb() {
            String name = getClass().getSimpleName();
            return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
        }
    }

    /** An action that moves objects in or out of one cell. */
    public sealed interface ObjectsAction extends Action {
        Cell cell();

        long objects();

        @Override
        default String text() {
            return verb() + " " + Formats.number(objects()) + " objects of " + cell();
        }

        @Override
        default String subject() {
            return verb() + " objects of " + cell();
        }
    }

    /** An action on one shrinker. */
    public sealed interface ShrinkerAction extends Action {
        String shrinker();

        @Override
        default String text() {
            return verb() + " " + shrinker();
        }
    }

    /**
     * Brings a cgroup online.
     *
     * @param parent empty for a cgroup given by its path
     */
    public record Online(String cgroup, Optional<String> parent) implements Action {
        @Override
        public String text() {
            return "online " + cgroup + parent.map(above -> " below " + above).orElse("");
        }
    }

    /** Takes a cgroup offline. */
    public record Offline(String cgroup) implements Action {
        @Override
        public String text() {
            return "offline " + cgroup;
        }
    }

    /** Allocates a shrinker without registering it. */
    public record Alloc(Scenario.Shrinker definition) implements ShrinkerAction {
        @Override
        public String shrinker() {
            return definition.spec().name();
        }
    }

    /** Registers an allocated shrinker. */
    public record Register(String shrinker) implements ShrinkerAction {}

    /** Frees a shrinker. */
    public record Free(String shrinker) implements ShrinkerAction {}

    /** Changes the behaviour of a cache. */
    public record Change(String shrinker, CacheBehaviour behaviour) implements ShrinkerAction {}

    /** Adds objects without setting the bit. */
    public record Put(Cell cell, long objects) implements ObjectsAction {}

    /** Adds objects right after the next count that finds none. */
    public record Late(Cell cell, long objects) implements ObjectsAction {}

    /** Adds objects as an application does: the bit is set when the cell was empty. */
    public record Add(Cell cell, long objects) implements ObjectsAction {}

    /** Removes objects as an application does, at most all of them. */
    public record Remove(Cell cell, long objects) implements ObjectsAction {}

    /** Sets the bit of a cell. */
    public record SetBit(Cell cell) implements Action {
        @Override
        public String text() {
            return "setBit " + cell;
        }
    }

    /** Runs one pass on a single cgroup and node. */
    public record Shrink(String cgroup, int node, int priority) implements Action {
        @Override
        public String text() {
            return "shrink " + cgroup + " on node " + node + " at priority " + priority;
        }
    }

    /**
     * Requests a round.
     *
     * @param apart whether the next step starts before the reply
     */
    public record Round(Scenario.Round round, boolean apart) implements Action {
        @Override
        public String text() {
            return "round over " + round.describe();
        }
    }

    /** Reads the whole state. */
    public record Dump() implements Action {}

    /** Lets time pass. */
    public record Wait(Duration duration) implements Action {
        @Override
        public String text() {
            return "wait " + Formats.time(duration);
        }

        @Override
        public String subject() {
            return verb();
        }
    }

    /** Kills the member; it never replies again. */
    public record Kill() implements Action {}

    /** Stops the member until it wakes. */
    public record Freeze() implements Action {}

    /** Wakes a frozen member. */
    public record Wake() implements Action {}
}
