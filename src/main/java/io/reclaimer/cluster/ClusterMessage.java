package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * What members send each other: the marker by which {@link ClusterSerializer} knows them. Each is one flat record, and
 * checked where it is made, which is also where it is read.
 *
 * <p>A round is known by its number and by whoever answers are for ({@code replyTo}); a member by its <em>seat</em> in the
 * round, a number from 0.
 *
 * <p>To change one: a new component has to be allowed to be missing, for the previous version does not send it; what is
 * removed is ignored where it still comes. Any other change is a new record beside the old one, with a manifest of its own
 * in {@code ClusterSerializer}: first a version that reads both and sends the old one, then one that sends the new one.
 */
public sealed interface ClusterMessage extends ClusterMember.Command {

    /** The most names of nodes in a message. */
    int MOST_NODES = 64;

    /** The most cgroups in a row of the table. */
    int MOST_CGROUPS = 64;

    /** The most rounds, seats and parts: far above what there can be. */
    int MOST_SEATS = 1 << 20;

    /** The longest word or sentence. */
    int LONGEST_TEXT = 512;

    /** The most characters of all cgroups of a row together. */
    int LONGEST_CGROUPS = 8 * 1024;

    /** Where the answer to a message goes; empty where none is due. */
    static Optional<ActorRef<ClusterMessage>> replyTo(ClusterMessage message) {
        if (message instanceof Count count) {
            return Optional.of(count.replyTo());
        }
        if (message instanceof Reclaim reclaim) {
            return Optional.of(reclaim.replyTo());
        }
        return message instanceof Cancel cancel ? Optional.of(cancel.replyTo()) : Optional.empty();
    }

    /**
     * What could you free?
     *
     * @param cgroup a path
     * @param nodes by name; empty for all
     * @param flags the names of {@link ReclaimFlag}s
     * @param withinMillis how long the round may take, from when this was sent
     * @param countMillis how long counting may take
     */
    record Count(
            long round,
            int seat,
            String cgroup,
            boolean alone,
            List<String> nodes,
            List<String> flags,
            long withinMillis,
            long countMillis,
            ActorRef<ClusterMessage> replyTo)
            implements ClusterMessage {

        public Count {
            Check.seat(seat);
            CgroupPath.of(Check.present("cgroup", cgroup));
            nodes = Check.list("nodes", nodes, MOST_NODES);
            nodes.forEach(Check::nodeName);
            flags = Check.list("flags", flags, ReclaimFlag.values().length);
            flags.forEach(ReclaimFlag::valueOf);
            Check.range("withinMillis", withinMillis, 1, Duration.ofDays(1).toMillis());
            Check.range("countMillis", countMillis, 1, withinMillis);
            Check.present("replyTo", replyTo);
        }
    }

    /**
     * To {@link Count}: so much.
     *
     * @param plannedObjects by priority, what one pass would free
     * @param pressure a {@link MemberPressure}
     */
    record Offer(
            long round,
            int seat,
            long freeableObjects,
            long freeableBytes,
            List<Long> plannedObjects,
            String pressure,
            long liveBytes,
            long limitBytes)
            implements ClusterMessage {

        public Offer {
            Check.seat(seat);
            Check.count("freeableObjects", freeableObjects);
            Check.count("freeableBytes", freeableBytes);
            plannedObjects = Check.list("plannedObjects", plannedObjects, Shrinker.LOWEST_PRIORITY + 1);
            if (plannedObjects.size() != Shrinker.LOWEST_PRIORITY + 1) {
                throw Check.invalid("plannedObjects", plannedObjects.size(), Shrinker.LOWEST_PRIORITY + 1 + " numbers");
            }
            plannedObjects.forEach(objects -> Check.count("plannedObjects", objects));
            Check.pressure(pressure);
            Check.count("liveBytes", liveBytes);
            Check.count("limitBytes", limitBytes);
        }
    }

    /**
     * Your part of the round, of that number.
     *
     * @param part from 1
     * @param objects to free; 0 for one pass
     * @param priority of the first pass
     * @param untilMicros until when it is to be answered, from when the offer was sent
     */
    record Reclaim(
            long round,
            int seat,
            int part,
            long objects,
            int priority,
            long untilMicros,
            ActorRef<ClusterMessage> replyTo)
            implements ClusterMessage {

        public Reclaim {
            Check.seat(seat);
            Check.range("part", part, 1, MOST_SEATS);
            Check.count("objects", objects);
            Check.range("priority", priority, Shrinker.HIGHEST_PRIORITY, Shrinker.LOWEST_PRIORITY);
            Check.range("untilMicros", untilMicros, 0, TimeUnit.DAYS.toMicros(1));
            Check.present("replyTo", replyTo);
        }
    }

    /**
     * To {@link Reclaim}: done, as far as it went.
     *
     * @param end an {@link MemberParts.End}
     */
    record Reclaimed(long round, int seat, int part, String end, long freedObjects, long freedBytes)
            implements ClusterMessage {

        public Reclaimed {
            Check.seat(seat);
            Check.range("part", part, 1, MOST_SEATS);
            MemberParts.End.valueOf(Check.present("end", end));
            Check.count("freedObjects", freedObjects);
            Check.count("freedBytes", freedBytes);
        }
    }

    /** To {@link Count} or {@link Reclaim}: no, and why. */
    record Refused(long round, int seat, String reason) implements ClusterMessage {

        public Refused {
            Check.seat(seat);
            Check.text("reason", reason);
        }
    }

    /** The round is over, or is to be. */
    record Cancel(long round, ActorRef<ClusterMessage> replyTo) implements ClusterMessage {

        public Cancel {
            Check.present("replyTo", replyTo);
        }
    }

    /**
     * A member's row of the shared table. Not sent by itself: it travels in the replicated data.
     *
     * @param publishedMillis since 1970, by the member's clock
     * @param pressure a {@link MemberPressure}
     * @param freeableObjects by all cgroups
     * @param cgroups those that could free most: paths
     * @param cgroupObjects what each of these could free
     */
    record Row(
            String member,
            long publishedMillis,
            String pressure,
            long liveBytes,
            long limitBytes,
            long freeableObjects,
            List<String> cgroups,
            List<Long> cgroupObjects)
            implements ClusterMessage {

        public Row {
            Check.text("member", member);
            Check.count("publishedMillis", publishedMillis);
            Check.pressure(pressure);
            Check.count("liveBytes", liveBytes);
            Check.count("limitBytes", limitBytes);
            Check.count("freeableObjects", freeableObjects);
            cgroups = Check.list("cgroups", cgroups, MOST_CGROUPS);
            cgroups.forEach(CgroupPath::of);
            Check.range("cgroups", cgroups.stream().mapToInt(String::length).sum(), 0, LONGEST_CGROUPS);
            cgroupObjects = Check.list("cgroupObjects", cgroupObjects, MOST_CGROUPS);
            if (cgroupObjects.size() != cgroups.size()) {
                throw Check.invalid("cgroupObjects", cgroupObjects.size(), "as many as cgroups");
            }
            cgroupObjects.forEach(objects -> Check.count("cgroupObjects", objects));
        }
    }

    /**
     * What could not be read: counted where it was, and dropped by whoever gets it. Written again as it came, for replicated
     * data that holds one is passed on.
     *
     * @param manifest as it came
     * @param bytes as they came
     */
    record Malformed(String manifest, byte[] bytes) implements ClusterMessage {}

    /** What is allowed. */
    final class Check {
        private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

        private Check() {}

        static <T> T present(String name, T value) {
            // Whatever the types say: it is read from bytes.
            if (value == null) {
                throw invalid(name, "nothing", "a value");
            }
            return value;
        }

        static void seat(int seat) {
            range("seat", seat, 0, MOST_SEATS);
        }

        static void count(String name, long count) {
            range(name, count, 0, Long.MAX_VALUE);
        }

        static void range(String name, long value, long least, long most) {
            if (value < least || value > most) {
                throw invalid(name, value, least + " to " + most);
            }
        }

        static void text(String name, String text) {
            if (present(name, text).isEmpty() || text.length() > LONGEST_TEXT) {
                throw invalid(name, text.length(), "1 to " + LONGEST_TEXT + " characters");
            }
        }

        static void nodeName(String name) {
            if (!NODE_NAME.matcher(name).matches()) {
                throw invalid("nodes", "a name", "names of 1 to 64 characters A-Z a-z 0-9 . _ -");
            }
        }

        static void pressure(String pressure) {
            MemberPressure.valueOf(present("pressure", pressure));
        }

        static <T> List<T> list(String name, List<T> list, int most) {
            if (present(name, list).size() > most) {
                throw invalid(name, list.size(), "up to " + most);
            }
            return List.copyOf(list);
        }

        static IllegalArgumentException invalid(String name, Object value, String allowed) {
            return new IllegalArgumentException(name + " is [" + value + "]; allowed is " + allowed);
        }
    }
}
