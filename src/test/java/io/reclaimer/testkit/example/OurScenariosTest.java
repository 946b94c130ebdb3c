package io.reclaimer.testkit.example;

// DOCS begin
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.reclaimer.scenario.model.ScenarioResult;
import io.reclaimer.testkit.junit.ScenarioFiles;

class OurScenariosTest {
    @ScenarioFiles({"classpath:kit-scenarios", "conf/scenarios/cold-start.conf"})
    void meetsItsExpectations() {}

    @ScenarioFiles("conf/scenarios/deferred-work.conf")
    void takesAMinute(ScenarioResult result) { // called after the scenario has passed, for further checks
        assertTrue(result.elapsed().toSeconds() >= 60);
    }
}
// DOCS end
