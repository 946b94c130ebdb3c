package io.reclaimer.engine.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ReferenceCountTest {

    private final ReferenceCount count = new ReferenceCount();

    @Test
    void isNotHeldBeforeItIsRegistered() {
        assertThat(count.tryHold()).isFalse();
        assertThat(count.isAllocatedOnly()).isTrue();
        assertThat(count.isRegistered()).isFalse();
        assertThat(count.register()).isTrue();
        assertThat(count.tryHold()).isTrue();
        assertThat(count.isAllocatedOnly()).isFalse();
        assertThat(count.isRegistered()).isTrue();
        assertThat(count.count()).isOne();
    }

    @Test
    void registersOnce() {
        assertThat(count.register()).isTrue();
        assertThat(count.register()).isFalse();
        count.tryHold();
        assertThat(count.register()).isFalse();
        assertThat(count.count()).isOne();
    }

    @Test
    void whatIsBeingFreedIsNeitherHeldNorRegistered() {
        assertThat(count.beginFree()).isTrue();
        assertThat(count.register()).isFalse();
        assertThat(count.tryHold()).isFalse();
        assertThat(count.isFreeing()).isTrue();
        assertThat(count.isRegistered()).isFalse();
        assertThat(count.isAllocatedOnly()).isFalse();
    }

    @Test
    void isFreedOnce() {
        assertThat(count.beginFree()).isTrue();
        assertThat(count.beginFree()).isFalse();
    }

    @Test
    void whatIsBeingFreedIsHeldUntilTheLastOneLetsGo() {
        count.register();
        count.tryHold();
        count.tryHold();
        count.beginFree();
        assertThat(count.count()).isEqualTo(2);
        count.release();
        count.holdAgain();
        count.release();
        assertThat(count.count()).isOne();
        count.release();
        assertThat(count.count()).isZero();
        assertThat(count.isFreeing()).isTrue();
    }

    @Test
    void releaseOfWhatIsNotHeldIsABugAndChangesNothing() {
        assertThatThrownBy(count::release).isInstanceOf(IllegalStateException.class);
        assertThat(count.isAllocatedOnly()).isTrue();
        count.register();
        assertThatThrownBy(count::release).isInstanceOf(IllegalStateException.class);
        assertThat(count.isRegistered()).isTrue();
        assertThat(count.count()).isZero();
        assertThat(count.tryHold()).isTrue();
    }
}
