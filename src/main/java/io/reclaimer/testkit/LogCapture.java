package io.reclaimer.testkit;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * What is logged from its beginning to its end, in the whole JVM, while the console is silent. Any thread.
 *
 * <p>Logback is optional, so nothing but {@link LogbackCapture} refers to it.
 */
interface LogCapture {

    /** Begins. Where SLF4J is bound to something else than Logback nothing is captured, which is said once a JVM. */
    static LogCapture begin() {
        return begin(LoggerFactory.getILoggerFactory());
    }

    static LogCapture begin(ILoggerFactory bound) {
        // By name: the class may not be there.
        if (bound.getClass().getName().equals("ch.qos.logback.classic.LoggerContext")) {
            return LogbackCapture.begin(bound);
        }
        Off.say(bound);
        return new Off();
    }

    /** Forgets what was captured. */
    void clear();

    /** What was logged at level ERROR, a line each, with logger and message. */
    List<String> errors();

    /** All that was captured, as lines. */
    List<String> lines();

    /** Ends it; the console is as before. What was captured stays. */
    void end();

    /** Where there is no Logback. */
    final class Off implements LogCapture {
        private static final AtomicBoolean SAID = new AtomicBoolean();

        private static void say(ILoggerFactory bound) {
            if (!SAID.getAndSet(true)) {
                System.err.println("ReclaimerExtension: logs are not captured, and error logs fail no test, as SLF4J is"
                        + " bound to [" + bound.getClass().getName()
                        + "]; put logback-classic on the test class path to have that");
            }
        }

        /** For the test that it is said once. */
        static void forget() {
            SAID.set(false);
        }

        @Override
        public void clear() {}

        @Override
        public List<String> errors() {
            return List.of();
        }

        @Override
        public List<String> lines() {
            return List.of();
        }

        @Override
        public void end() {}
    }
}
