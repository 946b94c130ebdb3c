package io.reclaimer.cluster;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.SerializerWithStringManifest;
import com.typesafe.config.Config;
import io.reclaimer.cluster.ClusterMessage.Header;
import io.reclaimer.cluster.ClusterMessage.Malformed;
import io.reclaimer.cluster.ClusterMessage.Request;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads {@link ClusterMessage}s: CBOR by Jackson, each kind under a name of its own with a version. Any thread.
 * Made by Akka, see {@code reference.conf}.
 *
 * <p>Reads what is on its list, up to {@value #MOST_BYTES} bytes, or {@value #MOST_OUTER_BYTES} of messages in messages, and
 * nothing else; no name of a class is ever taken from a message. What it can't read is counted ({@link WireFaults}) and
 * becomes {@link Malformed}, for an exception would be logged by the transport each time.
 */
public final class ClusterSerializer extends SerializerWithStringManifest {

    /** The largest message but one with others inside. */
    static final int MOST_BYTES = 16 * 1024;

    /** The largest message with others inside: half of the largest frame that Artery allows by default, 256 KiB. */
    static final int MOST_OUTER_BYTES = 128 * 1024;

    /** Every kind, by its name on the wire: what it is, and the version of its form. */
    static final Map<String, Class<? extends ClusterMessage>> KINDS = Map.of(
            "count/1", ClusterMessage.Count.class,
            "offer/1", ClusterMessage.Offer.class,
            "reclaim/1", ClusterMessage.Reclaim.class,
            "reclaimed/1", ClusterMessage.Reclaimed.class,
            "refused/1", ClusterMessage.Refused.class,
            "cancel/1", ClusterMessage.Cancel.class,
            "bundle/1", ClusterMessage.Bundle.class,
            "answers/1", ClusterMessage.Answers.class,
            "row/1", ClusterMessage.Row.class);

    private static final Map<Class<?>, String> NAMES =
            KINDS.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

    private final ExtendedActorSystem system;

    /** Made with the first message: Akka makes the serializer also where there is no Jackson, and no cluster. */
    private volatile @Nullable Cbor cbor;

    public ClusterSerializer(ExtendedActorSystem system) {
        this.system = system;
    }

    /** As Akka's own are, from its configuration. */
    @Override
    public int identifier() {
        return identifier(system.settings().config());
    }

    static int identifier(Config config) {
        return config.getInt("akka.actor.serialization-identifiers.\"" + ClusterSerializer.class.getName() + "\"");
    }

    @Override
    public String manifest(Object message) {
        return kindOf(message);
    }

    /** Its kind's name on the wire. */
    static String kindOf(Object message) {
        if (message instanceof Malformed malformed) {
            return malformed.manifest();
        }
        String name = NAMES.get(message.getClass());
        if (name == null) {
            throw new IllegalArgumentException("[" + message.getClass().getName() + "] is no message of members");
        }
        return name;
    }

    @Override
    public byte[] toBinary(Object message) {
        if (message instanceof Malformed malformed) {
            return malformed.bytes();
        }
        String kind = manifest(message);
        byte[] bytes = cbor().write(message);
        if (bytes.length > mostBytes(kind)) {
            throw new IllegalArgumentException("A message of kind [" + kind + "] has [" + bytes.length
                    + "] bytes; allowed are [" + mostBytes(kind) + "]");
        }
        return bytes;
    }

    private static int mostBytes(String kind) {
        return kind.equals("bundle/1") || kind.equals("answers/1") ? MOST_OUTER_BYTES : MOST_BYTES;
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        try {
            Class<? extends ClusterMessage> kind = KINDS.get(manifest);
            if (kind == null) {
                throw new IllegalArgumentException("there is no such kind in this version");
            }
            if (bytes.length > mostBytes(manifest)) {
                throw new IllegalArgumentException(
                        "it has [" + bytes.length + "] bytes; allowed are [" + mostBytes(manifest) + "]");
            }
            return checked(cbor().read(bytes, kind));
        } catch (Exception | StackOverflowError e) {
            String why = Reasons.of(e);
            WireFaults.get(Adapter.toTyped(system)).unreadable(manifest, why);
            return new Malformed(manifest, bytes, header(bytes), why);
        }
    }

    /** Answers go to other members' doors, whatever a message says. */
    private static ClusterMessage checked(ClusterMessage message) {
        if (message instanceof Request request) {
            checkDoor(request.replyTo());
        }
        return message;
    }

    private static void checkDoor(ActorRef<ClusterMessage> replyTo) {
        if (!replyTo.path().toStringWithoutAddress().equals(ClusterMember.PATH)) {
            throw new IllegalArgumentException("its answer is to go to ["
                    + replyTo.path().name() + "], which is not what receives answers [" + ClusterMember.PATH + "]");
        }
    }

    /** What messages of a round have in common, as it is written; what is missing is null. */
    private record WrittenHeader(
            @Nullable Long round,
            @Nullable Integer seat,
            @Nullable Integer part,
            @Nullable ActorRef<ClusterMessage> replyTo,
            @Nullable Long fromUid) {}

    /** So that a member of another version is answered, whatever it says that is not known here. */
    private Optional<Header> header(byte[] bytes) {
        if (bytes.length > MOST_BYTES) {
            return Optional.empty();
        }
        try {
            WrittenHeader written = cbor().read(bytes, WrittenHeader.class);
            if (written.round() == null || written.seat() == null) {
                return Optional.empty();
            }
            int part = written.part() == null ? 0 : written.part();
            Check.seat(written.seat());
            Check.range("part", part, 0, ClusterMessage.MOST_SEATS);
            if (written.replyTo() != null) {
                checkDoor(written.replyTo());
            }
            return Optional.of(new Header(
                    written.round(),
                    written.seat(),
                    part,
                    Optional.ofNullable(written.replyTo()),
                    written.fromUid() == null ? 0 : written.fromUid()));
        } catch (Exception | StackOverflowError e) {
            return Optional.empty();
        }
    }

    private Cbor cbor() {
        Cbor made = cbor;
        if (made == null) {
            made = new Cbor(system);
            cbor = made;
        }
        return made;
    }
}
