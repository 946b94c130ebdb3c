package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A message between members. {@link ClusterSerializer} writes and reads messages; each is a flat record that checks its
 * components when it is constructed, and so also when it is read. Public for the scenarios of this project; no part of the
 * API.
 *
 * <p>A round is identified by its number, a participant by its index in the round, from 0 ({@code seat} on the wire).
 *
 * <p>Compatibility between versions:
 *
 * <ul>
 *   <li>A new component must be optional, because the previous version does not send it. A component that is no longer
 *       known is ignored. Any other change is a new record with a manifest of its own, in two releases: the first reads
 *       both and sends the old form, the second sends the new one.
 *   <li>Components marked <em>since version 2</em> are 0, {@code false} or empty in messages of version 1.
 *   <li>Names of constants (flags, {@code pressure}, {@code end}) are read as text, because a later version may have more
 *       of them. The reader of such a name defines what an unknown one means.
 * </ul>
 */
public sealed interface ClusterMessage extends ClusterMember.Command {

    /** Maximum number of node names in a message. */
    int MAX_NODES = 64;

    /** Maximum number of flags of a request. */
    int MAX_FLAGS = 64;

    /** Maximum number of cgroups in a row of the table. */
    int MAX_CGROUPS = 64;

    /** Upper bound of the index of a participant and of the number of a part, far above real ones. */
    int MAX_INDEX = 1 << 20;

    /** Maximum length of a name or reason, in characters. */
    int MAX_TEXT = 512;

    /** Maximum length of all cgroup paths of a row together, in characters. */
    int MAX_CGROUP_CHARACTERS = 8 * 1024;

    /** A message of the coordinator of a round to a participant. */
    sealed interface Request extends ClusterMessage {

        long round();

        /** The recipient of the reply: the member that coordinates the round. */
        ActorRef<ClusterMessage> replyTo();

        /** The uid of the actor system of that member; since version 2. */
        long fromUid();
    }

    /** A participant's answer to a {@link Request}. */
    sealed interface Reply extends ClusterMessage {

        long round();

        /** The index of the participant. */
        int participant();
    }

    /**
     * Asks how much the participant could free. Answered with {@link Offer} or {@link Refused}.
     *
     * @param cgroup a path
     * @param nodes the names of the nodes; empty for all
     * @param flags the names of {@link ReclaimFlag}s
     * @param withinMillis the time that the round has left when this is sent
     * @param countMillis the time allowed for counting
     * @param knowsNonces whether parts of this round carry the nonce of the offer; since version 2
     */
    record Count(
            long round,
            @JsonProperty("seat") int participant,
            String cgroup,
            boolean alone,
            List<String> nodes,
            List<String> flags,
            long withinMillis,
            long countMillis,
            ActorRef<ClusterMessage> replyTo,
            long fromUid,
            boolean knowsNonces)
            implements Request {

        public Count {
            Validation.participant(participant);
            CgroupPath.of(Validation.present("cgroup", cgroup));
            nodes = Validation.list("nodes", nodes, MAX_NODES);
            nodes.forEach(Validation::nodeName);
            flags = Validation.list("flags", flags, MAX_FLAGS);
            flags.forEach(flag -> Validation.constant("flags", flag));
            Validation.range("withinMillis", withinMillis, 1, Duration.ofDays(1).toMillis());
            Validation.range("countMillis", countMillis, 1, withinMillis);
            Validation.present("replyTo", replyTo);
        }
    }

    /**
     * Answers {@link Count} with the amount that could be freed.
     *
     * @param plannedObjects by priority, the objects that one pass would free
     * @param pressure the name of a {@link MemberPressure}
     * @param nonce a random number, unique to this offer, which the parts based on it carry; since version 2
     * @param complete whether this is all that could be freed; since version 2
     * @param shortfall the reason why the offer is not complete; since version 2
     */
    record Offer(
            long round,
            @JsonProperty("seat") int participant,
            long freeableObjects,
            long freeableBytes,
            List<Long> plannedObjects,
            String pressure,
            long liveBytes,
            long limitBytes,
            long nonce,
            boolean complete,
            String shortfall)
            implements Reply {

        public Offer {
            Validation.participant(participant);
            Validation.count("freeableObjects", freeableObjects);
            Validation.count("freeableBytes", freeableBytes);
            plannedObjects = Validation.list("plannedObjects", plannedObjects, Shrinker.LOWEST_PRIORITY + 1);
            if (plannedObjects.size() != Shrinker.LOWEST_PRIORITY + 1) {
                throw Validation.invalid(
                        "plannedObjects", plannedObjects.size(), Shrinker.LOWEST_PRIORITY + 1 + " numbers");
            }
            plannedObjects.forEach(objects -> Validation.count("plannedObjects", objects));
            Validation.constant("pressure", pressure);
            Validation.count("liveBytes", liveBytes);
            Validation.count("limitBytes", limitBytes);
            shortfall = Validation.optionalText("shortfall", shortfall);
        }
    }

    /**
     * Assigns a part of the round. Answered with {@link Reclaimed} or {@link Refused}.
     *
     * @param part the number of the part, from 1
     * @param objects the target; 0 for one pass
     * @param priority the priority of the first pass
     * @param untilMicros the time by which the part has to be answered, counted from the moment the offer was sent
     * @param nonce the nonce of the offer on which the part is based; 0 where the offer had none; since version 2
     */
    record Reclaim(
            long round,
            @JsonProperty("seat") int participant,
            int part,
            long objects,
            int priority,
            long untilMicros,
            ActorRef<ClusterMessage> replyTo,
            long fromUid,
            long nonce)
            implements Request {

        public Reclaim {
            Validation.participant(participant);
            Validation.range("part", part, 1, MAX_INDEX);
            Validation.count("objects", objects);
            Validation.range("priority", priority, Shrinker.HIGHEST_PRIORITY, Shrinker.LOWEST_PRIORITY);
            Validation.range("untilMicros", untilMicros, 0, TimeUnit.DAYS.toMicros(1));
            Validation.present("replyTo", replyTo);
        }
    }

    /**
     * Answers {@link Reclaim} with the result of the part.
     *
     * @param end DONE, TARGET_MISSED, DEADLINE, CANCELLED or SHUTDOWN of {@link io.reclaimer.shrinker.RoundOutcome}
     * @param exhausted whether every shrinker there was asked and has no more; since version 2
     * @param notBegun whether nothing of the part was tried, because it came too late or waited too long; since version 2
     * @param reason why less was freed than the part asked for; since version 2
     */
    record Reclaimed(
            long round,
            @JsonProperty("seat") int participant,
            int part,
            String end,
            long freedObjects,
            long freedBytes,
            boolean exhausted,
            boolean notBegun,
            String reason)
            implements Reply {

        public Reclaimed {
            Validation.participant(participant);
            Validation.range("part", part, 1, MAX_INDEX);
            Validation.constant("end", end);
            Validation.count("freedObjects", freedObjects);
            Validation.count("freedBytes", freedBytes);
            reason = Validation.optionalText("reason", reason);
        }
    }

    /**
     * Refuses a {@link Count} or {@link Reclaim}.
     *
     * @param part the number of the refused part, or 0 for the count; since version 2
     * @param again whether the coordinator may ask again after a while, beginning with the count; since version 2
     */
    record Refused(long round, @JsonProperty("seat") int participant, String reason, int part, boolean again)
            implements Reply {

        public Refused {
            Validation.participant(participant);
            Validation.text("reason", reason);
            Validation.range("part", part, 0, MAX_INDEX);
        }
    }

    /** Tells a participant that the round is over. Not answered; a part under way is answered with what it freed. */
    record Cancel(long round, ActorRef<ClusterMessage> replyTo, long fromUid) implements Request {

        public Cancel {
            Validation.present("replyTo", replyTo);
        }
    }

    /**
     * A member's row of the shared table. It travels in the replicated data, not by itself.
     *
     * @param publishedMillis since 1970, by the clock of the member
     * @param pressure the name of a {@link MemberPressure}
     * @param freeableObjects the sum over all cgroups
     * @param cgroups the paths of the cgroups that could free most
     * @param cgroupObjects the objects that each of these could free
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
            Validation.text("member", member);
            Validation.count("publishedMillis", publishedMillis);
            Validation.constant("pressure", pressure);
            Validation.count("liveBytes", liveBytes);
            Validation.count("limitBytes", limitBytes);
            Validation.count("freeableObjects", freeableObjects);
            cgroups = Validation.list("cgroups", cgroups, MAX_CGROUPS);
            cgroups.forEach(CgroupPath::of);
            int characters = cgroups.stream().mapToInt(String::length).sum();
            Validation.range("cgroups", characters, 0, MAX_CGROUP_CHARACTERS);
            cgroupObjects = Validation.list("cgroupObjects", cgroupObjects, MAX_CGROUPS);
            if (cgroupObjects.size() != cgroups.size()) {
                throw Validation.invalid("cgroupObjects", cgroupObjects.size(), "as many as cgroups");
            }
            cgroupObjects.forEach(objects -> Validation.count("cgroupObjects", objects));
        }
    }

    /**
     * A message that could not be read. It is written again as it came, because replicated data that contains one is passed
     * on.
     *
     * @param manifest the manifest as it came
     * @param bytes the bytes as they came
     * @param header the common components, where they could be read and the message belongs to a round
     * @param why the reason
     */
    record Malformed(String manifest, byte[] bytes, Optional<Header> header, String why) implements ClusterMessage {}

    /**
     * The components that messages of a round have in common, in every version.
     *
     * @param part 0 where the message is about no part
     * @param replyTo the recipient of the reply; null where the message is a reply itself
     * @param fromUid as in {@link Request}
     */
    record Header(
            Long round,
            @JsonProperty("seat") Integer participant,
            int part,
            @Nullable ActorRef<ClusterMessage> replyTo,
            long fromUid) {

        public Header {
            Validation.present("round", round);
            Validation.participant(Validation.present("seat", participant));
            Validation.range("part", part, 0, MAX_INDEX);
        }
    }
}
