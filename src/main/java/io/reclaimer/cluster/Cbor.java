package io.reclaimer.cluster;

import akka.actor.ExtendedActorSystem;
import akka.serialization.jackson.JacksonObjectMapperProvider;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/** Jackson, set up by Akka under {@code akka.serialization.jackson.reclaimer-cbor}. Any thread. */
final class Cbor {

    private final ObjectMapper mapper;

    Cbor(ExtendedActorSystem system) {
        mapper = JacksonObjectMapperProvider.get(system).getOrCreate("reclaimer-cbor", Optional.of(new CBORFactory()));
    }

    byte[] write(Object message) {
        try {
            return mapper.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    /** @throws IOException where these are no such message */
    <T> T read(byte[] bytes, Class<T> kind) throws IOException {
        return Objects.requireNonNull(mapper.readValue(bytes, kind), "it is empty");
    }
}
