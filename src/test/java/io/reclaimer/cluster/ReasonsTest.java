package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Texts of reasons. */
class ReasonsTest {

    /** The wrapping exceptions of stages are of no use to a reader. */
    @Test
    void failureOfAStageIsSaidWithoutTheStage() {
        ReclaimerException why = new ReclaimerException(Reason.TOO_MANY_ROUNDS, "[64] are under way");
        assertThat(Reasons.of(new CompletionException(new CompletionException(why))))
                .isEqualTo("[64] are under way");
        assertThat(Reasons.isTooManyRounds(new CompletionException(why))).isTrue();
        assertThat(Reasons.isTooManyRounds(new CompletionException(new IllegalStateException("[64] are under way"))))
                .isFalse();
    }

    /** A refusal with an empty reason cannot be sent. */
    @Test
    void failureThatSaysNothingIsNamedByItsClass() {
        assertThat(Reasons.of(new IllegalStateException())).isEqualTo("java.lang.IllegalStateException");
        assertThat(Reasons.of(new IllegalStateException(" "))).isEqualTo("java.lang.IllegalStateException");
        assertThat(Reasons.of(new CompletionException(null))).isEqualTo("java.util.concurrent.CompletionException");
        assertThat(Reasons.of(null)).isNotBlank();
    }

    /** A lone surrogate cannot be written as UTF-8, and the message would be lost. */
    @Test
    void cutTextCanBeWritten() {
        String face = "\uD83D\uDE00";
        for (String text : new String[] {"x".repeat(9) + face, face.repeat(6), "x\uD83D", "\uDE00x", "short"}) {
            String cut = Reasons.cut(text, 10);
            assertThat(cut).hasSizeBetween(1, 10);
            assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(cut)).isTrue();
        }
        assertThat(Reasons.cut("short", 10)).isEqualTo("short");
    }
}
