package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Threads;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SessionStoreTest {

    private final AtomicInteger firsts = new AtomicInteger();
    private final SessionStore store = new SessionStore(firsts::incrementAndGet);

    @Test
    void sessionIsFoundAgain() {
        byte[] session = put(store, 1);
        assertThat(store.use(1)).isSameAs(session);
        assertThat(store.use(2)).isNull();
        assertThat(store.size()).isOne();
    }

    @Test
    void onlyTheFirstSessionOfAnEmptyStoreIsTold() {
        put(store, 1);
        assertThat(firsts).hasValue(1);
        put(store, 2);
        put(store, 1);
        assertThat(firsts).hasValue(1);
        store.dropOldest(1);
        put(store, 3);
        assertThat(firsts).hasValue(1);
        store.dropOldest(2);
        put(store, 4);
        assertThat(firsts).hasValue(2);
    }

    @Test
    void whatWasNotUsedForTheLongestTimeIsDroppedFirst() {
        IntStream.rangeClosed(1, 5).forEach(id -> put(store, id));
        store.use(1);
        put(store, 3);
        assertThat(store.dropOldest(2)).isEqualTo(2);
        assertThat(IntStream.rangeClosed(1, 5).filter(id -> store.use(id) != null))
                .containsExactly(1, 3, 5);
    }

    @Test
    void noMoreIsDroppedThanThereIs() {
        put(store, 1);
        assertThat(store.dropOldest(0)).isZero();
        assertThat(store.size()).isOne();
        assertThat(store.dropOldest(Long.MAX_VALUE)).isOne();
        assertThat(store.dropOldest(1)).isZero();
        assertThat(store.size()).isZero();
    }

    @Test
    void allSessionsMoveInTheirOrder() {
        SessionStore above = new SessionStore(() -> {});
        put(above, 10);
        IntStream.rangeClosed(1, 3).forEach(id -> put(store, id));
        store.use(1);
        assertThat(store.moveTo(above)).isEqualTo(3);
        assertThat(store.size()).isZero();
        assertThat(above.size()).isEqualTo(4);
        above.dropOldest(3);
        assertThat(above.use(1)).isNotNull();
    }

    @Test
    void afterTheMoveTheStoreIsADoorToTheOther() {
        AtomicInteger firstsAbove = new AtomicInteger();
        SessionStore above = new SessionStore(firstsAbove::incrementAndGet);
        assertThat(store.moveTo(above)).isZero();
        byte[] session = put(store, 1);
        assertThat(above.use(1)).isSameAs(session);
        assertThat(store.use(1)).isSameAs(session);
        assertThat(store.size()).isZero();
        assertThat(firsts).hasValue(0);
        assertThat(firstsAbove).hasValue(1);
    }

    @Test
    void doorsFollowOneAnother() {
        SessionStore above = new SessionStore(() -> {});
        SessionStore top = new SessionStore(() -> {});
        store.moveTo(above);
        put(store, 1);
        assertThat(above.moveTo(top)).isOne();
        put(store, 2);
        assertThat(top.size()).isEqualTo(2);
        assertThat(store.use(1)).isNotNull();
    }

    @Test
    void noSessionIsLostOrDoubledByUseFromManyThreads() throws Exception {
        int each = 5_000;
        SessionStore above = new SessionStore(() -> {});
        AtomicLong dropped = new AtomicLong();
        Threads.run(
                () -> IntStream.range(0, each).forEach(id -> put(store, id)),
                () -> IntStream.range(each, 2 * each).forEach(id -> put(store, id)),
                () -> IntStream.range(0, each).forEach(i -> dropped.addAndGet(store.dropOldest(1))),
                () -> store.moveTo(above));
        assertThat(store.size()).isZero();
        assertThat(above.size() + dropped.get()).isEqualTo(2L * each);
    }

    private static byte[] put(SessionStore into, long id) {
        byte[] session = {(byte) id};
        into.put(id, session);
        return session;
    }
}
