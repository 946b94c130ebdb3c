package io.reclaimer.testkit;

// DOCS begin
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.reclaimer.scenario.ScenarioResult;

class OurScenariosTest {
    @ScenarioFiles({"classpath:kit-scenarios", "conf/scenarios/cold-start.conf"})
    void isAsExpected() {}

    @ScenarioFiles("conf/scenarios/deferred-work.conf")
    void takesAMinute(ScenarioResult result) { // it has run, and was as expected: for what it does not say itself
        assertTrue(result.elapsed().toSeconds() >= 60);
    }
}
// DOCS end
