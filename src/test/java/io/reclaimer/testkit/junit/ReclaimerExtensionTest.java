package io.reclaimer.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.Reclaimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The actor systems of tests that use the extension. Each case is a test class that a user could write, and its outcome. */
class ReclaimerExtensionTest {

    private static final List<ActorSystem<?>> SYSTEMS = new ArrayList<>();

    @BeforeEach
    void forgetSystems() {
        SYSTEMS.clear();
    }

    static class OneATest {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create().with("reclaimer.nodes = [heap, disk]");

        @Test
        void first() {
            note();
        }

        @Test
        void second() {
            note();
        }

        private void note() {
            SYSTEMS.add(kit.system());
            assertThat(kit.system().name()).isEqualTo("OneATest");
            assertThat(kit.reclaimer().settings().nodes()).containsExactly("heap", "disk");
        }
    }

    @Test
    void eachTestHasASystemOfItsOwnThatEndsWithIt() {
        assertThat(Fixtures.run(OneATest.class).succeeded()).hasSize(2);
        assertThat(SYSTEMS).hasSize(2).allSatisfy(ReclaimerExtensionTest::assertEnded);
        assertThat(SYSTEMS.get(0)).isNotSameAs(SYSTEMS.get(1));
    }

    static class OneAClass {
        @RegisterExtension
        static final ReclaimerExtension KIT = ReclaimerExtension.create().perClass();

        @Test
        void first() {
            SYSTEMS.add(KIT.system());
        }

        @Test
        void second() {
            SYSTEMS.add(KIT.system());
        }

        @Nested
        class Inner {
            @Test
            void third(ActorSystem<?> system) {
                SYSTEMS.add(system);
            }
        }
    }

    @Test
    void testsOfAClassAndThoseNestedInItShareASystemThatEndsWithThem() {
        assertThat(Fixtures.run(OneAClass.class).succeeded()).hasSize(3);
        assertThat(SYSTEMS)
                .hasSize(3)
                .allSatisfy(system -> assertThat(system).isSameAs(SYSTEMS.get(0)))
                .allSatisfy(ReclaimerExtensionTest::assertEnded);
    }

    private static void assertEnded(ActorSystem<?> system) {
        assertThat(system.whenTerminated().isCompleted()).isTrue();
    }

    static class EndsItself {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create();

        @Test
        void ends() {
            kit.testKit().spawn(Behaviors.empty(), "shop");
            kit.testKit().shutdownTestKit();
        }
    }

    @Test
    void testMayEndItsSystemItself() {
        assertThat(Fixtures.run(EndsItself.class).succeeded()).hasSize(1);
    }

    static class NotStatic {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create().perClass();

        @Test
        void isNotRun() {
            SYSTEMS.add(kit.system());
        }
    }

    @Test
    void oneAClassInAnInstanceFieldIsRefusedWithWhatToDo() {
        assertThat(Fixtures.run(NotStatic.class).onlyFailure())
                .hasMessageContaining("by a ReclaimerExtension in a static field with @RegisterExtension");
        assertThat(SYSTEMS).isEmpty();
    }

    @ExtendWith(ReclaimerExtension.class)
    static class Parameters {
        @Test
        void areResolved(ActorTestKit kit, ActorSystem<?> system, Reclaimer reclaimer, ReclaimerExtension extension) {
            assertThat(system).isSameAs(kit.system()).isSameAs(extension.system());
            assertThat(reclaimer).isSameAs(Reclaimer.get(system)).isSameAs(extension.reclaimer());
            assertThat(kit).isSameAs(extension.testKit());
            SYSTEMS.add(system);
        }
    }

    @Test
    void parametersAreResolved() {
        assertThat(Fixtures.run(Parameters.class).succeeded()).hasSize(1);
        assertThat(SYSTEMS).singleElement().satisfies(ReclaimerExtensionTest::assertEnded);
    }

    @ExtendWith(ReclaimerExtension.class)
    static class TooEarly {
        TooEarly(ActorSystem<?> system) {
            SYSTEMS.add(system);
        }

        @Test
        void isNotRun() {}
    }

    @Test
    void systemOfATestIsNotThereInAConstructorAndTheErrorSaysSo() {
        assertThat(Fixtures.run(TooEarly.class).onlyFailure())
                .hasMessageContaining("There is no actor system now: there is one for each test, from before its"
                        + " @BeforeEach methods until after its @AfterEach methods.");
    }

    static class Manual {
        @RegisterExtension
        final ReclaimerExtension kit =
                ReclaimerExtension.create().with(ManualTime.config().root().render());

        @Test
        void runsByHand() {
            SYSTEMS.add(kit.system());
            ManualTime.get(kit.system()).timePasses(Duration.ofHours(1));
        }
    }

    @Test
    void systemWithManualTimeEndsAsWell() {
        assertThat(Fixtures.run(Manual.class).succeeded()).hasSize(1);
        assertThat(SYSTEMS).singleElement().satisfies(ReclaimerExtensionTest::assertEnded);
    }

    static class Invalid {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create().with("reclaimer.max-rounds = 0");

        @Test
        void isNotRun() {
            Fixtures.log("warn");
        }
    }

    @Test
    void invalidSettingsFailTheTestOnceAndLeaveNothingBehind() {
        assertThat(Fixtures.run(Invalid.class).onlyFailure())
                .hasMessageContaining("reclaimer.max-rounds is [0]")
                .hasNoSuppressedExceptions();
        assertThat(Fixtures.run(Fixtures.NoKit.class).printed()).contains("shop is warm");
    }

    @Test
    void patienceHasToBeAboveZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReclaimerExtension.create().patience(Duration.ZERO))
                .withMessageContaining("[PT0S]");
    }
}
