package io.reclaimer.cluster;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Messages inside another message, a bundle or answers: written, read and checked by the serializer that does it for those
 * that are sent by themselves. Any thread.
 */
final class InnerMessages {

    /**
     * What those inside one message have together, at most: 96 KiB. With what is around each it stays below the largest
     * message ({@link ClusterSerializer#MOST_OUTER_BYTES}).
     */
    static final int MOST_BYTES = ClusterSerializer.MOST_OUTER_BYTES / 4 * 3;

    /** What is around each: the lengths, and its kind. */
    private static final int AROUND_BYTES = 24;

    private final Serialization serialization;
    private final int serializer;

    InnerMessages(ActorSystem<?> system) {
        this.serialization = SerializationExtension.get(Adapter.toClassic(system));
        this.serializer = ClusterSerializer.identifier(system.settings().config());
    }

    byte[] write(ClusterMessage message) {
        return serialization.serialize(message).get();
    }

    /** What could not be read has been counted, and is {@link ClusterMessage.Malformed}. */
    ClusterMessage read(String kind, byte[] bytes) {
        return (ClusterMessage)
                serialization.deserialize(bytes, serializer, kind).get();
    }

    List<ClusterMessage> read(ClusterMessage.Answers answers) {
        List<ClusterMessage> messages = new ArrayList<>();
        for (int i = 0; i < answers.messages().size(); i++) {
            messages.add(read(answers.kinds().get(i), answers.messages().get(i)));
        }
        return messages;
    }

    /** Cuts a list into such as fit into one message each: at most so many, and so many bytes. */
    static <T> List<List<T>> cut(List<T> all, int most, ToIntFunction<T> bytesOf) {
        List<List<T>> lists = new ArrayList<>();
        int first = 0;
        int bytes = 0;
        for (int i = 0; i < all.size(); i++) {
            int next = bytesOf.applyAsInt(all.get(i)) + AROUND_BYTES;
            if (i > first && (i - first == most || bytes + next > MOST_BYTES)) {
                lists.add(all.subList(first, i));
                first = i;
                bytes = 0;
            }
            bytes += next;
        }
        if (first < all.size()) {
            lists.add(all.subList(first, all.size()));
        }
        return lists;
    }
}
