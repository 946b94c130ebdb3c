package io.reclaimer.shrinker;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Threads;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancellationTest {

    private final Cancellation cancellation = new Cancellation();
    private final AtomicInteger heard = new AtomicInteger();

    @Test
    void listenersHearOfItOnce() {
        cancellation.onCancel(heard::incrementAndGet);
        cancellation.onCancel(heard::incrementAndGet);
        assertThat(cancellation.isCancelled()).isFalse();
        assertThat(heard).hasValue(0);
        cancellation.cancel();
        assertThat(cancellation.isCancelled()).isTrue();
        assertThat(heard).hasValue(2);
        cancellation.cancel();
        assertThat(heard).hasValue(2);
    }

    @Test
    void whoComesLateHearsAtOnce() {
        cancellation.cancel();
        cancellation.onCancel(heard::incrementAndGet).close();
        assertThat(heard).hasValue(1);
    }

    @Test
    void whoIsForgottenHearsNothingAndTheOthersDo() {
        cancellation.onCancel(() -> heard.addAndGet(1));
        Registration registration = cancellation.onCancel(() -> heard.addAndGet(10));
        cancellation.onCancel(() -> heard.addAndGet(100));
        registration.close();
        registration.close();
        cancellation.cancel();
        assertThat(heard).hasValue(101);
    }

    @Test
    void forgottenListenersAreNotKept() {
        byte[] large = new byte[1];
        WeakReference<byte[]> kept = new WeakReference<>(large);
        addAndForget(large);
        large = null;
        for (int i = 0; i < 100 && kept.get() != null; i++) {
            System.gc();
        }
        assertThat(kept.get()).isNull();
    }

    private void addAndForget(byte[] large) {
        cancellation.onCancel(() -> heard.addAndGet(large.length)).close();
    }

    @Test
    void everyListenerHearsOnceWhoeverComesFirst() throws Exception {
        for (int i = 0; i < 500; i++) {
            Cancellation shared = new Cancellation();
            AtomicInteger calls = new AtomicInteger();
            Threads.run(
                    () -> shared.onCancel(calls::incrementAndGet),
                    shared::cancel,
                    () -> shared.onCancel(calls::incrementAndGet));
            assertThat(calls).hasValue(2);
        }
    }
}
