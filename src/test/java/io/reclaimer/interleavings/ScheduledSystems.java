package io.reclaimer.interleavings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The schedules by name. Akka creates schedulers and executors itself, and gives them nothing but the configuration, so they
 * find their {@link Schedule} by a setting. Thread-safe.
 */
final class ScheduledSystems {

    private static final String NAME = "reclaimer-interleavings-schedule";

    private static final Map<String, Schedule> BY_NAME = new ConcurrentHashMap<>();

    private ScheduledSystems() {}

    static void add(String name, Schedule schedule) {
        if (BY_NAME.putIfAbsent(name, schedule) != null) {
            throw new IllegalArgumentException(
                    "There is a schedule with the name [" + name + "] already; end it first");
        }
    }

    static void remove(String name) {
        BY_NAME.remove(name);
    }

    /** The schedule that a system with this configuration belongs to. */
    static Schedule scheduleOf(Config config) {
        String name = config.getString(NAME);
        return Objects.requireNonNull(BY_NAME.get(name), "No schedule with the name [" + name + "]");
    }

    static Config config(String name, List<String> dispatchers) {
        StringBuilder text = new StringBuilder(NAME + " = \"" + name + "\"\n")
                .append("akka.scheduler.implementation = \"" + ScheduledTimers.class.getName() + "\"\n");
        List<String> all = new ArrayList<>(dispatchers);
        all.add("akka.actor.default-dispatcher");
        for (String dispatcher : all) {
            text.append(dispatcher).append(" { type = Dispatcher, throughput = 1, executor = \"");
            text.append(ScheduledDispatcher.class.getName()).append("\" }\n");
        }
        return ConfigFactory.parseString(text.toString());
    }
}
