package io.reclaimer.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.ConsoleAppender;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.ILoggerFactory;

/** Captures what Logback is given. Levels stay as configured; appenders other than the console's stay in use. */
final class LogbackCapture extends AppenderBase<ILoggingEvent> implements LogCapture {

    /** How many events are kept, the last ones: more than anybody reads, and some MiB at most. */
    private static final int MOST_EVENTS = 10_000;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

    /** An appender that was taken off a logger. */
    private record Muted(Logger logger, Appender<ILoggingEvent> console) {}

    private final Deque<ILoggingEvent> events = new ArrayDeque<>();
    private final List<Logger> attached = new ArrayList<>();
    private final List<Muted> muted = new ArrayList<>();
    private long dropped;

    static LogCapture begin(ILoggerFactory bound) {
        LoggerContext context = (LoggerContext) bound;
        LogbackCapture capture = new LogbackCapture();
        capture.setContext(context);
        capture.start();
        for (Logger logger : context.getLoggerList()) {
            capture.take(logger);
        }
        return capture;
    }

    private void take(Logger logger) {
        List<Appender<ILoggingEvent>> consoles = new ArrayList<>();
        for (Iterator<Appender<ILoggingEvent>> all = logger.iteratorForAppenders(); all.hasNext(); ) {
            Appender<ILoggingEvent> appender = all.next();
            if (appender instanceof ConsoleAppender) {
                consoles.add(appender);
            }
        }
        // First its own, so that nothing is lost in between.
        if (logger.getName().equals(org.slf4j.Logger.ROOT_LOGGER_NAME) || !logger.isAdditive()) {
            logger.addAppender(this);
            attached.add(logger);
        }
        for (Appender<ILoggingEvent> console : consoles) {
            logger.detachAppender(console);
            muted.add(new Muted(logger, console));
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        synchronized (events) {
            events.add(event);
            if (events.size() > MOST_EVENTS) {
                events.remove();
                dropped++;
            }
        }
    }

    @Override
    public void clear() {
        synchronized (events) {
            events.clear();
            dropped = 0;
        }
    }

    @Override
    public List<String> errors() {
        return copy().stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.ERROR))
                .map(event -> event.getLoggerName() + ": " + event.getFormattedMessage()
                        + Optional.ofNullable(event.getThrowableProxy())
                                .map(thrown -> " (" + thrown.getClassName() + ": " + thrown.getMessage() + ")")
                                .orElse(""))
                .toList();
    }

    @Override
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        synchronized (events) {
            if (dropped > 0) {
                lines.add("[" + dropped + "] earlier ones were dropped");
            }
        }
        for (ILoggingEvent event : copy()) {
            lines.add(TIME.format(LocalTime.ofInstant(event.getInstant(), ZoneId.systemDefault())) + " "
                    + event.getLevel() + " " + event.getLoggerName() + " [" + event.getThreadName() + "] "
                    + event.getFormattedMessage());
            if (event.getThrowableProxy() != null) {
                ThrowableProxyUtil.asString(event.getThrowableProxy()).lines().forEach(lines::add);
            }
        }
        return lines;
    }

    private List<ILoggingEvent> copy() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    @Override
    public void end() {
        muted.forEach(one -> one.logger().addAppender(one.console()));
        muted.clear();
        attached.forEach(logger -> logger.detachAppender(this));
        attached.clear();
        stop();
    }
}
