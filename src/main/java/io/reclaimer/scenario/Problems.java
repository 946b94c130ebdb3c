package io.reclaimer.scenario;

import io.reclaimer.scenario.ScenarioException.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** Gathers what is wrong with a file. One thread's. */
final class Problems {

    /** So many edits are not a slip any more. */
    private static final int MOST_EDITS = 3;

    private final Function<String, Position> positions;
    private final List<Problem> all = new ArrayList<>();

    /** @param positions where a path stands */
    Problems(Function<String, Position> positions) {
        this.positions = positions;
    }

    void add(String path, String message) {
        all.add(new Problem(positions.apply(path), path, message));
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Whether nothing is wrong there, nor with what is below it. */
    boolean isRight(String path) {
        return all.stream()
                .map(Problem::path)
                .noneMatch(wrong -> wrong.equals(path)
                        || wrong.startsWith(path.isEmpty() ? "" : path + ".")
                        || wrong.startsWith(path + "["));
    }

    /** Whether nothing is wrong with it itself; with what is below it there may be. */
    boolean isRightItself(String path) {
        return all.stream().noneMatch(problem -> problem.path().equals(path));
    }

    /** In the order of the file. */
    List<Problem> inOrder() {
        return all.stream()
                .sorted(Comparator.comparingInt(
                                (Problem problem) -> problem.position().line())
                        .thenComparingInt(problem -> problem.position().column()))
                .toList();
    }

    /** As "; did you mean [x]? Allowed are x, y", without the question where no word is near. */
    static String choice(String word, List<String> words, String allowed) {
        String hint = hint(word, words);
        return (hint.isEmpty() ? "; allowed " : hint + " Allowed ") + allowed;
    }

    /** As "; did you mean [x]?", or nothing where no word is near. */
    static String hint(String word, List<String> allowed) {
        return allowed.stream()
                .min(Comparator.comparingInt(each -> edits(word, each)))
                .filter(each -> edits(word, each) <= Math.min(MOST_EDITS, each.length() / 2))
                .map(each -> "; did you mean [" + each + "]?")
                .orElse("");
    }

    /** How many letters have to be changed, added or left out (Levenshtein). */
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
