package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What members send each other: the marker by which {@link ClusterSerializer} knows them. Each is one flat record, and
 * checked where it is made, which is also where it is read.
 *
 * <p>A round is known by its number; a member by its <em>seat</em> in the round, a number from 0. Answers go to whoever asked
 * ({@code replyTo}): the member that runs the round, or the head of a group, by way of which it asks ({@link Bundle}).
 *
 * <p>To change one: a new component has to be allowed to be missing, for the previous version does not send it; what is
 * removed is ignored where it still comes. Any other change is a new record beside the old one, with a manifest of its own
 * in {@code ClusterSerializer}: first a version that reads both and sends the old one, then one that sends the new one.
 *
 * <p>Components that the first version did not send are marked <em>since the second</em>; a number of 0, {@code false} or an
 * empty text is what they are in its messages. Names of constants (flags, {@code pressure}, {@code end}) are read as they
 * come, for a later version may have more of them: whoever uses one says what an unknown one is taken for.
 */
public sealed interface ClusterMessage extends ClusterMember.Command {

    /** The most names of nodes in a message. */
    int MOST_NODES = 64;

    /** The most flags of a request. */
    int MOST_FLAGS = 64;

    /** The most cgroups in a row of the table. */
    int MOST_CGROUPS = 64;

    /** The most rounds, seats and parts: far above what there can be. */
    int MOST_SEATS = 1 << 20;

    /** The most messages inside another one. */
    int MOST_INNER = 256;

    /** What may be in a {@link Bundle}. */
    Set<String> REQUESTS = Set.of("count/1", "reclaim/1", "cancel/1");

    /** What may be in {@link Answers}. */
    Set<String> REPLIES = Set.of("offer/1", "reclaimed/1", "refused/1");

    /** The longest word or sentence. */
    int LONGEST_TEXT = 512;

    /** The most characters of all cgroups of a row together. */
    int LONGEST_CGROUPS = 8 * 1024;

    /** What a member asks of another. */
    sealed interface Request extends ClusterMessage {

        /** Where the answer goes. */
        ActorRef<ClusterMessage> replyTo();

        /** The uid of the actor system that runs the round, whichever way the request comes; since the second. */
        long fromUid();
    }

    /** One that may be in a {@link Bundle}. */
    sealed interface Relayed extends Request {

        /** The same request of that system, with its answer to go there. */
        Relayed passedOn(ActorRef<ClusterMessage> newReplyTo, long newFromUid);
    }

    /**
     * What could you free?
     *
     * @param cgroup a path
     * @param nodes by name; empty for all
     * @param flags the names of {@link ReclaimFlag}s
     * @param withinMillis how long the round may still take, from when this was sent
     * @param countMillis how long counting may take
     * @param knowsNonces whether parts bring back the nonce of the offer; since the second
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
            ActorRef<ClusterMessage> replyTo,
            long fromUid,
            boolean knowsNonces)
            implements Relayed {

        public Count {
            Check.seat(seat);
            CgroupPath.of(Check.present("cgroup", cgroup));
            nodes = Check.list("nodes", nodes, MOST_NODES);
            nodes.forEach(Check::nodeName);
            flags = Check.list("flags", flags, MOST_FLAGS);
            flags.forEach(flag -> Check.constant("flags", flag));
            Check.range("withinMillis", withinMillis, 1, Duration.ofDays(1).toMillis());
            Check.range("countMillis", countMillis, 1, withinMillis);
            Check.present("replyTo", replyTo);
        }

        @Override
        public Count passedOn(ActorRef<ClusterMessage> newReplyTo, long newFromUid) {
            return new Count(
                    round,
                    seat,
                    cgroup,
                    alone,
                    nodes,
                    flags,
                    withinMillis,
                    countMillis,
                    newReplyTo,
                    newFromUid,
                    knowsNonces);
        }
    }

    /**
     * To {@link Count}: so much.
     *
     * @param plannedObjects by priority, what one pass would free
     * @param pressure a {@link MemberPressure}
     * @param nonce a random number that is no other offer's, to be brought back by the parts that go by this offer; since the
     *     second
     * @param complete whether this is all that there is; since the second
     * @param shortfall why it is not; since the second
     */
    record Offer(
            long round,
            int seat,
            long freeableObjects,
            long freeableBytes,
            List<Long> plannedObjects,
            String pressure,
            long liveBytes,
            long limitBytes,
            long nonce,
            boolean complete,
            String shortfall)
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
            Check.constant("pressure", pressure);
            Check.count("liveBytes", liveBytes);
            Check.count("limitBytes", limitBytes);
            shortfall = Check.optionalText("shortfall", shortfall);
        }
    }

    /**
     * Your part of the round, of that number.
     *
     * @param part from 1
     * @param objects to free; 0 for one pass
     * @param priority of the first pass
     * @param untilMicros until when it is to be answered, from when the offer was sent
     * @param nonce of the offer that it goes by; 0 where that had none; since the second
     */
    record Reclaim(
            long round,
            int seat,
            int part,
            long objects,
            int priority,
            long untilMicros,
            ActorRef<ClusterMessage> replyTo,
            long fromUid,
            long nonce)
            implements Relayed {

        public Reclaim {
            Check.seat(seat);
            Check.range("part", part, 1, MOST_SEATS);
            Check.count("objects", objects);
            Check.range("priority", priority, Shrinker.HIGHEST_PRIORITY, Shrinker.LOWEST_PRIORITY);
            Check.range("untilMicros", untilMicros, 0, TimeUnit.DAYS.toMicros(1));
            Check.present("replyTo", replyTo);
        }

        @Override
        public Reclaim passedOn(ActorRef<ClusterMessage> newReplyTo, long newFromUid) {
            return new Reclaim(round, seat, part, objects, priority, untilMicros, newReplyTo, newFromUid, nonce);
        }
    }

    /**
     * To {@link Reclaim}: done, as far as it went.
     *
     * @param end an {@link MemberParts.End}
     * @param exhausted whether everybody there was asked, and has no more; since the second
     * @param notBegun whether nothing of it was tried: it came too late, or waited for too long; since the second
     * @param reason why it freed less than it was to; since the second
     */
    record Reclaimed(
            long round,
            int seat,
            int part,
            String end,
            long freedObjects,
            long freedBytes,
            boolean exhausted,
            boolean notBegun,
            String reason)
            implements ClusterMessage {

        public Reclaimed {
            Check.seat(seat);
            Check.range("part", part, 1, MOST_SEATS);
            Check.constant("end", end);
            Check.count("freedObjects", freedObjects);
            Check.count("freedBytes", freedBytes);
            reason = Check.optionalText("reason", reason);
        }
    }

    /**
     * To {@link Count} or {@link Reclaim}: no, and why.
     *
     * @param part what it is said to: the part, or 0 for the count; since the second
     * @param again whether it may be asked again, after a while, beginning with the count; since the second
     */
    record Refused(long round, int seat, String reason, int part, boolean again) implements ClusterMessage {

        public Refused {
            Check.seat(seat);
            Check.text("reason", reason);
            Check.range("part", part, 0, MOST_SEATS);
        }
    }

    /** The round is over, or is to be. */
    record Cancel(long round, ActorRef<ClusterMessage> replyTo, long fromUid) implements Relayed {

        public Cancel {
            Check.present("replyTo", replyTo);
        }

        @Override
        public Cancel passedOn(ActorRef<ClusterMessage> newReplyTo, long newFromUid) {
            return new Cancel(round, newReplyTo, newFromUid);
        }
    }

    /**
     * To the head of a group of members: pass these on, and gather what is answered.
     *
     * @param members whom each is for, by name
     * @param kinds what each is, of {@link #REQUESTS}
     * @param messages each as it is written by itself, with {@code replyTo} of who sent the bundle
     */
    record Bundle(
            long round,
            List<String> members,
            List<String> kinds,
            List<byte[]> messages,
            ActorRef<ClusterMessage> replyTo,
            long fromUid)
            implements Request {

        public Bundle {
            members = Check.list("members", members, MOST_INNER);
            members.forEach(member -> Check.text("members", member));
            kinds = Check.inner(kinds, REQUESTS, messages);
            messages = List.copyOf(messages);
            if (members.size() != messages.size()) {
                throw Check.invalid("members", members.size(), "as many as messages");
            }
            Check.present("replyTo", replyTo);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Bundle bundle
                    && round == bundle.round
                    && members.equals(bundle.members)
                    && kinds.equals(bundle.kinds)
                    && Check.isSame(messages, bundle.messages)
                    && replyTo.equals(bundle.replyTo)
                    && fromUid == bundle.fromUid;
        }

        @Override
        public int hashCode() {
            return Objects.hash(round, members, kinds, replyTo);
        }
    }

    /**
     * To {@link Bundle}: what has been answered by now. More may come.
     *
     * @param kinds what each is, of {@link #REPLIES}
     * @param messages each as it is written by itself
     */
    record Answers(long round, List<String> kinds, List<byte[]> messages) implements ClusterMessage {

        public Answers {
            kinds = Check.inner(kinds, REPLIES, messages);
            messages = List.copyOf(messages);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Answers answers
                    && round == answers.round
                    && kinds.equals(answers.kinds)
                    && Check.isSame(messages, answers.messages);
        }

        @Override
        public int hashCode() {
            return Objects.hash(round, kinds);
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
            Check.constant("pressure", pressure);
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
     * What could not be read: counted where it was. Written again as it came, for replicated data that holds one is passed on.
     *
     * @param manifest as it came
     * @param bytes as they came
     * @param header what could be read of it, where it is of a round
     * @param why it could not be read
     */
    record Malformed(String manifest, byte[] bytes, Optional<Header> header, String why) implements ClusterMessage {}

    /**
     * What messages of a round have in common, in any version.
     *
     * @param part 0 where it is of no part
     * @param replyTo where an answer goes; empty where it is one itself
     * @param fromUid as in {@link Request}
     */
    record Header(long round, int seat, int part, Optional<ActorRef<ClusterMessage>> replyTo, long fromUid) {}
}
