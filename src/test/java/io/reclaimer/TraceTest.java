package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.Registration;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Trace listeners. {@link VisitRulesTest} tests the events. */
class TraceTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create();

    private final Queue<TraceEvent> heard = new ConcurrentLinkedQueue<>();

    @Test
    void everyListenerHearsUntilItIsRemoved() {
        kit.register(ShrinkerSpec.named("s"), Scripted.endless(10));
        Registration registration = kit.reclaimer().trace(heard::add);
        kit.pass("/", 0, 0);
        assertThat(heard).hasSize(2).containsExactlyElementsOf(kit.takeTrace());
        registration.close();
        registration.close();
        kit.pass("/", 0, 0);
        assertThat(heard).hasSize(2);
        assertThat(kit.takeTrace()).hasSize(2);
    }
}
