package io.reclaimer.engine.call;

import akka.actor.typed.ActorRef;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A thread holds a shrinker by its hazard pointer while the shrinker is being freed: one of the two sees the other. */
@JCStressTest
@State
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "not held, and nobody is seen")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "not held; the hazard pointer was seen, its end is told")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "held, and seen")
@Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "held, and not seen: called after it is freed")
public class HoldStress {

    /** A guard that ignores its messages. */
    @SuppressWarnings("unchecked")
    private static final ActorRef<ShrinkerGuard.Command> GUARD =
            (ActorRef<ShrinkerGuard.Command>) Proxy.newProxyInstance(
                    HoldStress.class.getClassLoader(),
                    new Class<?>[] {ActorRef.class},
                    (proxy, method, arguments) -> null);

    private static final CallContext ENGINE = new CallContext(
            new EngineSettings(
                    1,
                    new EngineSettings.Cgroups(true, true, 64, Duration.ofSeconds(5), Duration.ofMinutes(1)),
                    new EngineSettings.Rounds(64, 32, Duration.ofSeconds(10), true),
                    new EngineSettings.Calls(Duration.ofSeconds(5), Duration.ofSeconds(5), 16, 2),
                    new EngineSettings.Quarantine(5, Duration.ofSeconds(10)),
                    new Refaults.Settings(false, 8, Duration.ofMinutes(1))),
            System::nanoTime,
            Runnable::run,
            VisitingThread::new) {};

    private static final ShrinkerSpec SPEC =
            ShrinkerSpec.named("shrinker").byCgroup().byNode();

    private static final Shrinker NOTHING = new Shrinker() {
        @Override
        public long count(ShrinkControl control) {
            return EMPTY;
        }

        @Override
        public long scan(ShrinkControl control) {
            return STOP;
        }
    };

    private final VisitingThread thread = new VisitingThread(Thread.currentThread());
    private final ShrinkerEntry entry = new ShrinkerEntry(SPEC, ShrinkerTarget.of(SPEC, NOTHING), 0, 1, GUARD, ENGINE);

    public HoldStress() {
        entry.register();
    }

    @Actor
    public void visit(II_Result result) {
        result.r1 = thread.tryHold(entry) ? 1 : 0;
    }

    @Actor
    public void free(II_Result result) {
        entry.beginFree();
        result.r2 = thread.holds(entry.serial()) ? 1 : 0;
    }
}
