package io.reclaimer.scenario.read;

import com.typesafe.config.Config;
import io.reclaimer.scenario.model.Formats;
import io.reclaimer.scenario.model.Repetition;
import java.time.Duration;

/** The keys {@code from} and {@code to} of a section; {@code to} defaults to the duration of the scenario. */
record TimeRange(Duration from, Duration to) {

    static TimeRange of(Section of, Duration duration) {
        Duration from = of.values().getDuration("from");
        Duration to = of.optional("to", Config::getDuration).orElse(duration);
        if (to.compareTo(from) < 0) {
            if (of.has("to")) {
                of.reject(
                        "to",
                        "is [" + Formats.time(to) + "], before from; allowed is " + Formats.time(from) + " or later");
            } else {
                of.reject(
                        "from",
                        "is [" + Formats.time(from) + "], after the duration; allowed is up to " + Formats.time(to)
                                + ", or later with a to");
            }
        }
        return new TimeRange(from, to);
    }

    Repetition every(Duration interval) {
        return new Repetition(from, to, interval);
    }
}
