package io.reclaimer.engine.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlockingThreadsTest {

    @ParameterizedTest
    @EnumSource
    void eachTaskHasAThreadThatKeepsNoJvmAlive(BlockingThreads threads) throws Exception {
        if (!threads.isSupported()) {
            assertThat(Runtime.version().feature()).isLessThan(21);
            return;
        }
        ExecutorService executor = threads.create();
        try {
            Thread first = executor.submit(Thread::currentThread).get(60, TimeUnit.SECONDS);
            assertThat(first.isDaemon()).isTrue();
            assertThat(first.getName()).startsWith("reclaimer-blocking-");
            boolean virtual = threads == BlockingThreads.VIRTUAL
                    || (threads == BlockingThreads.AUTO && Runtime.version().feature() >= 24);
            assertThat(first.toString().startsWith("VirtualThread")).isEqualTo(virtual);
        } finally {
            executor.shutdown();
        }
    }
}
