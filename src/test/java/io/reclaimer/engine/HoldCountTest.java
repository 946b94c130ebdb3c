package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.testkit.Threads;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HoldCountTest {

    private final HoldCount count = new HoldCount();

    @Test
    void isNotHeldBeforeItIsRegistered() {
        assertThat(count.tryHold()).isFalse();
        assertThat(count.isAllocatedOnly()).isTrue();
        assertThat(count.isRegistered()).isFalse();
        assertThat(count.register()).isTrue();
        assertThat(count.tryHold()).isTrue();
        assertThat(count.isAllocatedOnly()).isFalse();
        assertThat(count.isRegistered()).isTrue();
        assertThat(count.holds()).isOne();
    }

    @Test
    void registersOnce() {
        assertThat(count.register()).isTrue();
        assertThat(count.register()).isFalse();
        count.tryHold();
        assertThat(count.register()).isFalse();
        assertThat(count.holds()).isOne();
    }

    @Test
    void whatIsBeingFreedIsNeitherHeldNorRegistered() {
        assertThat(count.beginFree()).isEqualTo(HoldCount.Freeing.IDLE);
        assertThat(count.register()).isFalse();
        assertThat(count.tryHold()).isFalse();
        assertThat(count.isFreeing()).isTrue();
        assertThat(count.isRegistered()).isFalse();
        assertThat(count.isAllocatedOnly()).isFalse();
    }

    @Test
    void freeingOfWhatNobodyHoldsIsOverAtOnce() {
        count.register();
        count.tryHold();
        assertThat(count.release()).isFalse();
        assertThat(count.beginFree()).isEqualTo(HoldCount.Freeing.IDLE);
        assertThat(count.beginFree()).isEqualTo(HoldCount.Freeing.ALREADY);
    }

    @Test
    void lastReleaseOfWhatIsBeingFreedLearnsIt() {
        count.register();
        count.tryHold();
        count.tryHold();
        assertThat(count.beginFree()).isEqualTo(HoldCount.Freeing.HELD);
        assertThat(count.beginFree()).isEqualTo(HoldCount.Freeing.ALREADY);
        assertThat(count.holds()).isEqualTo(2);
        assertThat(count.release()).isFalse();
        assertThat(count.release()).isTrue();
        assertThat(count.holds()).isZero();
    }

    @Test
    void releaseOfWhatIsNotHeldIsABugAndChangesNothing() {
        assertThatThrownBy(count::release).isInstanceOf(IllegalStateException.class);
        assertThat(count.isAllocatedOnly()).isTrue();
        count.register();
        assertThatThrownBy(count::release).isInstanceOf(IllegalStateException.class);
        assertThat(count.isRegistered()).isTrue();
        assertThat(count.holds()).isZero();
        assertThat(count.tryHold()).isTrue();
    }

    @Test
    void exactlyOneLearnsThatItIsOverAndNoHoldFollows() throws Exception {
        for (int i = 0; i < 3_000; i++) {
            HoldCount shared = new HoldCount();
            shared.register();
            AtomicInteger over = new AtomicInteger();
            AtomicInteger late = new AtomicInteger();
            Runnable holder = () -> {
                for (int j = 0; j < 50; j++) {
                    boolean gone = over.get() > 0;
                    if (shared.tryHold()) {
                        if (gone) {
                            late.incrementAndGet();
                        }
                        if (shared.release()) {
                            over.incrementAndGet();
                        }
                    }
                }
            };
            Threads.run(holder, holder, () -> {
                if (shared.beginFree() == HoldCount.Freeing.IDLE) {
                    over.incrementAndGet();
                }
            });
            assertThat(over).hasValue(1);
            assertThat(late).hasValue(0);
            assertThat(shared.holds()).isZero();
        }
    }
}
