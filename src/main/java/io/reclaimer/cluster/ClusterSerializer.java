package io.reclaimer.cluster;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.SerializerWithStringManifest;
import akka.serialization.jackson.JacksonObjectMapperProvider;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.reclaimer.cluster.ClusterMessage.Header;
import io.reclaimer.cluster.ClusterMessage.Malformed;
import io.reclaimer.cluster.ClusterMessage.Request;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The serializer of {@link ClusterMessage}s: CBOR by Jackson, with a manifest per kind that contains a version.
 * Thread-safe. Created by Akka, see {@code reference.conf}.
 *
 * <p>It reads the listed kinds, up to {@value #MAX_BYTES} bytes, and nothing else; no class name is ever taken from a
 * message. An unreadable message is counted by {@link WireFaults} and becomes a {@link Malformed}. An exception instead
 * would be logged by the transport each time.
 */
public final class ClusterSerializer extends SerializerWithStringManifest {

    /** Maximum size of a message. */
    static final int MAX_BYTES = 16 * 1024;

    /** The kinds by manifest: the name of the kind and the version of its form. */
    static final Map<String, Class<? extends ClusterMessage>> KINDS = Map.of(
            "count/1", ClusterMessage.Count.class,
            "offer/1", ClusterMessage.Offer.class,
            "reclaim/1", ClusterMessage.Reclaim.class,
            "reclaimed/1", ClusterMessage.Reclaimed.class,
            "refused/1", ClusterMessage.Refused.class,
            "cancel/1", ClusterMessage.Cancel.class,
            "row/1", ClusterMessage.Row.class);

    private static final Map<Class<?>, String> MANIFESTS =
            KINDS.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

    private final ExtendedActorSystem system;

    /** Created with the first message: Akka creates serializers even where Jackson and the cluster are missing. */
    private volatile @Nullable Cbor cbor;

    public ClusterSerializer(ExtendedActorSystem system) {
        this.system = system;
    }

    /** Read from the configuration, as those of Akka's own serializers are. */
    @Override
    public int identifier() {
        return system.settings()
                .config()
                .getInt("akka.actor.serialization-identifiers.\"" + ClusterSerializer.class.getName() + "\"");
    }

    @Override
    public String manifest(Object message) {
        return manifestOf(message);
    }

    static String manifestOf(Object message) {
        if (message instanceof Malformed malformed) {
            return malformed.manifest();
        }
        String manifest = MANIFESTS.get(message.getClass());
        if (manifest == null) {
            throw new IllegalArgumentException("[" + message.getClass().getName() + "] is no message of members");
        }
        return manifest;
    }

    @Override
    public byte[] toBinary(Object message) {
        if (message instanceof Malformed malformed) {
            return malformed.bytes();
        }
        String manifest = manifestOf(message);
        byte[] bytes = cbor().write(message);
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("A message of kind [" + manifest + "] has [" + bytes.length
                    + "] bytes; allowed are [" + MAX_BYTES + "]");
        }
        return bytes;
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        try {
            Class<? extends ClusterMessage> kind = KINDS.get(manifest);
            if (kind == null) {
                throw new IllegalArgumentException("there is no such kind in this version");
            }
            if (bytes.length > MAX_BYTES) {
                throw new IllegalArgumentException(
                        "it has [" + bytes.length + "] bytes; allowed are [" + MAX_BYTES + "]");
            }
            ClusterMessage message = cbor().read(bytes, kind);
            if (message instanceof Request request) {
                checkReplyTo(request.replyTo());
            }
            return message;
        } catch (Exception | StackOverflowError e) {
            String why = Reasons.of(e);
            WireFaults.get(Adapter.toTyped(system)).malformed(manifest, why);
            return new Malformed(manifest, bytes, header(bytes), why);
        }
    }

    /** Replies go to the cluster actors of members only, whatever a message says. */
    private static void checkReplyTo(ActorRef<ClusterMessage> replyTo) {
        if (!replyTo.path().toStringWithoutAddress().equals(ClusterMember.PATH)) {
            throw new IllegalArgumentException("its answer is to go to ["
                    + replyTo.path().name() + "], which is not what receives answers [" + ClusterMember.PATH + "]");
        }
    }

    /**
     * Reads the common components, so that a member of another version is answered even where its message is not
     * understood.
     */
    private Optional<Header> header(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            return Optional.empty();
        }
        try {
            Header header = cbor().read(bytes, Header.class);
            if (header.replyTo() != null) {
                checkReplyTo(header.replyTo());
            }
            return Optional.of(header);
        } catch (Exception | StackOverflowError e) {
            return Optional.empty();
        }
    }

    private Cbor cbor() {
        Cbor created = cbor;
        if (created == null) {
            created = new Cbor(system);
            cbor = created;
        }
        return created;
    }

    /** Jackson, configured by Akka under {@code akka.serialization.jackson.reclaimer-cbor}. Thread-safe. */
    private static final class Cbor {

        private final ObjectMapper mapper;

        Cbor(ExtendedActorSystem system) {
            mapper = JacksonObjectMapperProvider.get(system)
                    .getOrCreate("reclaimer-cbor", Optional.of(new CBORFactory()));
        }

        byte[] write(Object message) {
            try {
                return mapper.writeValueAsBytes(message);
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(e.getOriginalMessage(), e);
            }
        }

        <T> T read(byte[] bytes, Class<T> kind) throws IOException {
            return Objects.requireNonNull(mapper.readValue(bytes, kind), "it is empty");
        }
    }
}
