package io.reclaimer.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * On a method: each scenario of some files becomes a test of its own, which fails where something is not as the scenario
 * expects. The method itself may be empty, or take the {@link io.reclaimer.scenario.ScenarioResult} and look at more.
 *
 * <pre>{@code
 * class OurScenariosTest {
 *     @ScenarioFiles({"classpath:scenarios", "src/test/more.conf"})
 *     void isAsExpected() {}
 * }
 * }</pre>
 *
 * <p>A file that is no scenario fails the method, with all that is wrong in it.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(ScenarioTemplates.class)
public @interface ScenarioFiles {

    /**
     * Files, or folders, of which all {@code *.conf} and {@code *.json} are meant, in the order of their names; from the working
     * directory, or, after {@code classpath:}, among the test's resources.
     */
    String[] value();
}
