package io.reclaimer.testkit;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * The log of the whole JVM between the start and the end of the capture. Thread-safe.
 *
 * <p>Logback is optional, so {@link LogbackCapture} is the only class that refers to it.
 */
interface LogCapture {

    /**
     * Starts a capture. It captures nothing where SLF4J is bound to something else than Logback, and says so once a JVM.
     *
     * @param mutesConsole whether the log is kept off the console until the end
     */
    static LogCapture start(boolean mutesConsole) {
        return start(LoggerFactory.getILoggerFactory(), mutesConsole);
    }

    static LogCapture start(ILoggerFactory bound, boolean mutesConsole) {
        // By name: the class may not be there.
        if (bound.getClass().getName().equals("ch.qos.logback.classic.LoggerContext")) {
            return LogbackCapture.start(bound, mutesConsole);
        }
        Off.warn(bound);
        return new Off();
    }

    /** Forgets all events so far. */
    void clear();

    /** The events at level ERROR, a line each, with logger, message and exception. */
    List<String> errors();

    /** All events, as lines. */
    List<String> lines();

    /** Ends the capture, and gives the console its log back. The events so far are kept. */
    void end();

    /** The capture where Logback is missing. */
    final class Off implements LogCapture {
        private static final AtomicBoolean WARNED = new AtomicBoolean();

        private static void warn(ILoggerFactory bound) {
            if (!WARNED.getAndSet(true)) {
                System.err.println(
                        "Reclaimer test kit: logs are not captured, and error logs fail no test, because SLF4J is"
                                + " bound to [" + bound.getClass().getName()
                                + "]; put logback-classic on the test class path to capture them");
            }
        }

        /** Has the next capture warn again; for tests. */
        static void forgetWarning() {
            WARNED.set(false);
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
