package io.reclaimer.cluster;

import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Shortfall;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Texts of reasons in messages and reports. Thread-safe. */
final class Reasons {

    private Reasons() {}

    /** The message of a failure, or the name of its class where it has none. Never empty. */
    static String of(@Nullable Throwable failure) {
        Throwable cause = cause(failure);
        if (cause == null) {
            return "there is no message";
        }
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getName() : message;
    }

    /** The failure itself, without the exceptions in which stages wrap it. */
    static @Nullable Throwable cause(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Why some shrinkers were not visited or not to the end; empty where all were. */
    static String ofShortfalls(Map<Shortfall, Long> shortfalls) {
        return shortfalls.isEmpty()
                ? ""
                : "visits were not made, or ended early: "
                        + new TreeMap<>(shortfalls)
                                .entrySet().stream()
                                        .map(entry -> "[" + entry.getValue() + "] " + entry.getKey())
                                        .collect(Collectors.joining(", "));
    }

    /** Joins the reasons that are not empty. */
    static String join(String... reasons) {
        return Arrays.stream(reasons).filter(reason -> !reason.isEmpty()).collect(Collectors.joining("; "));
    }

    /** Whether the reclaimer refused a round because too many are under way, which is over soon. */
    static boolean isTooManyRounds(@Nullable Throwable failure) {
        return cause(failure) instanceof ReclaimerException refusal && refusal.reason() == Reason.TOO_MANY_ROUNDS;
    }

    /** Cuts a text to a maximum length, and replaces lone surrogates, which UTF-8 cannot represent. */
    static String cut(String text, int max) {
        String start = text.length() <= max ? text : text.substring(0, max);
        return new String(start.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
