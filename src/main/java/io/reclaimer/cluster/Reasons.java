package io.reclaimer.cluster;

import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.Shortfall;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The sentences that say why, in messages and reports. Any thread. */
final class Reasons {

    private Reasons() {}

    /** What a failure says of itself; the name of its class where it says nothing. Never empty. */
    static String of(@Nullable Throwable failure) {
        Throwable cause = cause(failure);
        if (cause == null) {
            return "nothing is said";
        }
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getName() : message;
    }

    /** The failure itself, without what stages wrap it in. */
    static @Nullable Throwable cause(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Why not everybody was asked, or could go on; empty where everybody was and could. */
    static String ofShortfalls(Map<Shortfall, Long> shortfalls) {
        return shortfalls.isEmpty()
                ? ""
                : "visits were not made, or ended early: "
                        + new TreeMap<>(shortfalls)
                                .entrySet().stream()
                                        .map(entry -> "[" + entry.getValue() + "] " + entry.getKey())
                                        .collect(Collectors.joining(", "));
    }

    /** Several reasons as one; without those that are empty. */
    static String join(String... reasons) {
        return Arrays.stream(reasons).filter(reason -> !reason.isEmpty()).collect(Collectors.joining("; "));
    }

    /** Whether as many rounds as allowed are under way, which is over soon. */
    static boolean isTooMany(@Nullable Throwable failure) {
        return cause(failure) instanceof ReclaimerException refusal
                && refusal.reason() == ReclaimerException.Reason.TOO_MANY_ROUNDS;
    }

    /**
     * A text that can be written as UTF-8, of so many characters at most. Half of a character that takes two places can't be,
     * whether it came so or is what the cut leaves.
     */
    static String cut(String text, int most) {
        String whole = text.length() <= most ? text : text.substring(0, most);
        return new String(whole.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
