package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.ShrinkerMessage.Answer;
import io.reclaimer.ShrinkerMessage.CountObjects;
import io.reclaimer.ShrinkerMessage.ObjectsCounted;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ShardedDispatcherTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create().expectActor("$*").with("""
            akka.actor.default-dispatcher {
              executor = "thread-pool-executor"
              thread-pool-executor.fixed-pool-size = 1
            }
            """);

    @Test
    void trackerAnswersWhileAnApplicationBlocksTheDefaultDispatcher() {
        ShardedEntities<String> carts = ShardedEntities.start(kit.system(), "carts");
        Gate gate = new Gate();
        kit.testKit().spawn(Behaviors.setup(context -> {
            gate.pass();
            return Behaviors.empty();
        }));
        gate.awaitEntered();
        try {
            CompletionStage<Answer> answer = AskPattern.ask(
                    carts.shrinker(),
                    replyTo -> new CountObjects(CgroupPath.root(), 0, Set.of(), 7, replyTo),
                    Duration.ofMinutes(1),
                    kit.system().scheduler());
            assertThat(kit.await(answer)).isEqualTo(new ObjectsCounted(7, Shrinker.EMPTY, -1));
        } finally {
            gate.open();
        }
    }
}
