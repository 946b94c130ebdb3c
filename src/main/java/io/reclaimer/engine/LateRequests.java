package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The requests of one round that are late: sent in an earlier pass, or long ago in this one, and not acknowledged.
 * Confined to the round's actor.
 */
final class LateRequests {

    private final List<PassRequest> requests = new ArrayList<>();

    /** The visitors of {@link #requests}. */
    private final Set<Visitor> visitors = new HashSet<>();

    int size() {
        return requests.size();
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }

    /** Whether a visitor has a late request. */
    boolean contains(Visitor visitor) {
        return !visitors.isEmpty() && visitors.contains(visitor);
    }

    void add(PassRequest request) {
        requests.add(request);
        visitors.add(request.visitor());
    }

    /** Takes out a request that is acknowledged. False if it is not late. */
    boolean remove(PassRequest request) {
        if (!requests.remove(request)) {
            return false;
        }
        Visitor visitor = request.visitor();
        if (requests.stream().noneMatch(other -> other.visitor() == visitor)) {
            visitors.remove(visitor);
        }
        return true;
    }

    /** Takes out the requests of a visitor that has stopped. */
    List<PassRequest> removeOf(ActorRef<?> stopped) {
        List<PassRequest> removed = requests.stream()
                .filter(request -> request.visitor().ref().equals(stopped))
                .toList();
        requests.removeAll(removed);
        removed.forEach(request -> visitors.remove(request.visitor()));
        return removed;
    }

    void forEach(Consumer<PassRequest> action) {
        requests.forEach(action);
    }
}
