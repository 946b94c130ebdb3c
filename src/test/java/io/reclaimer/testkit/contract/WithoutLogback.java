package io.reclaimer.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.reclaimer.Reclaimer;
import io.reclaimer.testkit.contract.FaultyCache.Fault;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The tests of a build without Logback, which {@link WithoutLogbackIT} runs in a JVM of its own. */
final class WithoutLogback {

    private WithoutLogback() {}

    @ExtendWith(ReclaimerExtension.class)
    static class TwoTests {
        @Test
        void first(Reclaimer reclaimer) {
            assertThat(reclaimer).isNotNull();
        }

        @Test
        void second(Reclaimer reclaimer) {
            assertThat(reclaimer).isNotNull();
        }
    }

    static class FaultlessContract extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            return FaultyCache.subject(reclaimer, Fault.NONE);
        }
    }

    public static void main(String[] args) {
        for (Class<?> tests : List.of(TwoTests.class, FaultlessContract.class)) {
            LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(selectClass(tests))
                    .build();
            LauncherFactory.create().execute(request, new TestExecutionListener() {
                @Override
                public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                    if (test.isTest()) {
                        System.out.println(result.getStatus() + " " + test.getDisplayName()
                                + Optional.of(result)
                                        .flatMap(TestExecutionResult::getThrowable)
                                        .map(t -> " " + t)
                                        .orElse(""));
                    }
                }
            });
        }
        // Ends the JVM, even where an actor system was left behind.
        System.exit(0);
    }
}
