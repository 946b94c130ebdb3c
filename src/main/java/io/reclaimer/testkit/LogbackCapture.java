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

/** A capture of Logback's events. Levels stay as configured; appenders other than the console's stay in use. */
final class LogbackCapture extends AppenderBase<ILoggingEvent> implements LogCapture {

    /** The number of events that are kept, the latest ones: more than anybody reads, and some MiB at most. */
    private static final int MAX_EVENTS = 10_000;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

    /** A console appender that was detached from its logger. */
    private record MutedConsole(Logger logger, Appender<ILoggingEvent> appender) {}

    private final Deque<ILoggingEvent> events = new ArrayDeque<>();
    private final List<Logger> attached = new ArrayList<>();
    private final List<MutedConsole> muted = new ArrayList<>();
    private long dropped;

    static LogCapture start(ILoggerFactory bound, boolean mutesConsole) {
        LoggerContext context = (LoggerContext) bound;
        LogbackCapture capture = new LogbackCapture();
        capture.setContext(context);
        capture.start();
        for (Logger logger : context.getLoggerList()) {
            // First the own appender, so that no event is lost in between.
            capture.attachTo(logger);
            if (mutesConsole) {
                capture.mute(logger);
            }
        }
        return capture;
    }

    private void attachTo(Logger logger) {
        if (logger.getName().equals(org.slf4j.Logger.ROOT_LOGGER_NAME) || !logger.isAdditive()) {
            logger.addAppender(this);
            attached.add(logger);
        }
    }

    private void mute(Logger logger) {
        List<Appender<ILoggingEvent>> consoles = new ArrayList<>();
        for (Iterator<Appender<ILoggingEvent>> all = logger.iteratorForAppenders(); all.hasNext(); ) {
            Appender<ILoggingEvent> appender = all.next();
            if (appender instanceof ConsoleAppender) {
                consoles.add(appender);
            }
        }
        for (Appender<ILoggingEvent> console : consoles) {
            logger.detachAppender(console);
            muted.add(new MutedConsole(logger, console));
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        synchronized (events) {
            events.add(event);
            if (events.size() > MAX_EVENTS) {
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
                lines.add("[" + dropped + "] earlier events were dropped");
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
        muted.forEach(console -> console.logger().addAppender(console.appender()));
        muted.clear();
        attached.forEach(logger -> logger.detachAppender(this));
        attached.clear();
        stop();
    }
}
