package io.reclaimer;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorSystem;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.BlockingReclaimer;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A {@link ReclaimerExtension} for all tests of a class that is emptied after each test: all shrinkers are freed, and all cgroups
 * go offline. The size of the maps and the sums of the reclaimer stay. For a static field.
 */
public final class SharedReclaimer
        implements BlockingReclaimer, BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private final ReclaimerExtension kit = ReclaimerExtension.create().perClass();

    private SharedReclaimer() {}

    public static SharedReclaimer create() {
        return new SharedReclaimer();
    }

    /** Adds settings (HOCON), before the defaults. Returns this. */
    public SharedReclaimer with(String hocon) {
        kit.with(hocon);
        return this;
    }

    /** See {@link ReclaimerExtension#expectActor}. */
    public SharedReclaimer expectActor(String name) {
        kit.expectActor(name);
        return this;
    }

    /** See {@link ReclaimerExtension#expectError}. */
    public void expectError(String part) {
        kit.expectError(part);
    }

    public ActorTestKit testKit() {
        return kit.testKit();
    }

    /** The trace of all visits since the test began, or since this was last called. */
    public List<TraceEvent> takeTrace() {
        return kit.takeTrace();
    }

    /** The begins of visits since the test began, or since the trace was last taken. */
    public List<TraceEvent.Start> takeStarts() {
        return takeTrace().stream()
                .filter(TraceEvent.Start.class::isInstance)
                .map(TraceEvent.Start.class::cast)
                .toList();
    }

    @Override
    public ActorSystem<?> system() {
        return kit.system();
    }

    @Override
    public <T> T await(CompletionStage<T> stage) {
        return kit.await(stage);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        kit.beforeAll(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        kit.beforeEach(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        try {
            empty();
        } finally {
            kit.afterEach(context);
        }
    }

    private void empty() {
        List<CompletionStage<Done>> freed = reclaimer().requests().allocated().stream()
                .map(reclaimer()::free)
                .toList();
        freed.forEach(this::await);
        List<String> cgroups = state().cgroups().stream()
                .filter(cgroup -> cgroup.node() == 0 && !cgroup.cgroup().isRoot())
                .map(cgroup -> cgroup.cgroup().toString())
                .toList();
        // Children came online after their parents.
        for (int i = cgroups.size() - 1; i >= 0; i--) {
            offline(cgroups.get(i));
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        kit.afterAll(context);
    }
}
