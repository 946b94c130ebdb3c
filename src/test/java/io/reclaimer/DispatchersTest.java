package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DispatchersTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create().expectActor("$*").with("""
        akka.actor.default-dispatcher {
          executor = "thread-pool-executor"
          thread-pool-executor.fixed-pool-size = 1
        }
        """);

    @Test
    void nothingOfTheEngineRunsOnTheDefaultDispatcher() throws InterruptedException {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch unblock = new CountDownLatch(1);
        kit.testKit().spawn(Behaviors.setup(context -> {
            blocked.countDown();
            // Longer than the kit waits for an answer.
            unblock.await(600, TimeUnit.SECONDS);
            return Behaviors.empty();
        }));
        assertThat(blocked.await(60, TimeUnit.SECONDS)).isTrue();
        try {
            useAllOfTheEngine();
        } finally {
            unblock.countDown();
        }
    }

    private void useAllOfTheEngine() {
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        Scripted shrinker = new Scripted(
                control -> {
                    threads.add(Thread.currentThread().getName());
                    return Shrinker.EMPTY;
                },
                control -> Shrinker.STOP);
        ShrinkerHandle handle = Bits.setIn(
                kit, "/a", kit.register(ShrinkerSpec.named("cache").byCgroup().byNode(), shrinker));
        kit.reclaim(ReclaimRequest.everywhere());
        kit.offline("/a");
        kit.await(handle.free());

        assertThat(threads).isNotEmpty().allMatch(name -> name.contains("reclaimer.visit-dispatcher"));
    }
}
