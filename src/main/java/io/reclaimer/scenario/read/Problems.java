package io.reclaimer.scenario.read;

import com.typesafe.config.ConfigOrigin;
import io.reclaimer.scenario.model.ScenarioException;
import io.reclaimer.scenario.model.ScenarioException.Problem;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects the problems of one file. Confined to the thread that reads the file. */
final class Problems {

    /** More edits than this are no slip of the finger. */
    private static final int MOST_EDITS = 3;

    private final String file;
    private final Set<Problem> all = new LinkedHashSet<>();

    Problems(String file) {
        this.file = file;
    }

    /** @param origin of the value with the problem; an included file is named in the problem */
    void add(ConfigOrigin origin, String path, String message) {
        String included = origin.filename();
        all.add(new Problem(included == null ? file : included, Math.max(0, origin.lineNumber()), path, message));
    }

    /** @throws ScenarioException with all problems, if there are any */
    void throwIfAny() {
        if (!all.isEmpty()) {
            throw new ScenarioException(all.stream()
                    .sorted(Comparator.comparing(Problem::file).thenComparingInt(Problem::line))
                    .toList());
        }
    }

    /** As {@code unknown; did you mean [x]? Allowed are x, y}. */
    static String unknown(String word, List<String> words) {
        return "unknown" + choice(word, words, "are " + String.join(", ", words));
    }

    /** As {@code ; did you mean [x]? Allowed are x, y}; without the question if no word is similar. */
    static String choice(String word, List<String> words, String allowed) {
        String hint = hint(word, words);
        return (hint.isEmpty() ? "; allowed " : hint + " Allowed ") + allowed;
    }

    /** As {@code ; did you mean [x]?}; empty if no word is similar. */
    static String hint(String word, List<String> allowed) {
        return allowed.stream()
                .min(Comparator.comparingInt(each -> edits(word, each)))
                .filter(each -> edits(word, each) <= Math.min(MOST_EDITS, each.length() / 2))
                .map(each -> "; did you mean [" + each + "]?")
                .orElse("");
    }

    /** The number of letters to change, add or remove (Levenshtein distance). */
    private static int edits(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int above = row[j];
                int same = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(same, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[other.length()];
    }
}
