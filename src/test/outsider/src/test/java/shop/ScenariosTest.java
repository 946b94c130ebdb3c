package shop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.reclaimer.scenario.ScenarioResult;
import io.reclaimer.testkit.ScenarioFiles;

class ScenariosTest {

    @ScenarioFiles("classpath:scenarios")
    void isAsExpected(ScenarioResult result) {
        assertTrue(result.passed());
    }
}
