package shop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.reclaimer.scenario.model.ScenarioResult;
import io.reclaimer.testkit.junit.ScenarioFiles;

class ScenariosTest {

    @ScenarioFiles("classpath:scenarios")
    void isAsExpected(ScenarioResult result) {
        assertTrue(result.passed());
    }
}
