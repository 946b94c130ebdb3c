package io.reclaimer.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test method that runs once for each scenario of some files, and fails where an expectation of the scenario is not met. The
 * method may be empty, or have a {@link io.reclaimer.scenario.model.ScenarioResult} parameter and check more.
 *
 * <pre>{@code
 * class OurScenariosTest {
 *     @ScenarioFiles({"classpath:scenarios", "src/test/more.conf"})
 *     void isAsExpected() {}
 * }
 * }</pre>
 *
 * <p>An invalid file fails the method, with all errors of the file.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(ScenarioTemplates.class)
public @interface ScenarioFiles {

    /**
     * Files, or folders with {@code *.conf} and {@code *.json} files, which run in the order of their names. Relative to the working
     * directory or, after {@code classpath:}, to the class path.
     */
    String[] value();
}
