package io.reclaimer.scenario.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemsTest {

    @Test
    void hintIsTheNearestWordAndNoneWhereNoneIsNear() {
        List<String> words = List.of("online", "offline", "round", "is");
        assertThat(Problems.hint("onlin", words)).isEqualTo("; did you mean [online]?");
        assertThat(Problems.hint("offlin", words)).isEqualTo("; did you mean [offline]?");
        assertThat(Problems.hint("ground", words)).isEqualTo("; did you mean [round]?");
        assertThat(Problems.hint("iz", words)).isEqualTo("; did you mean [is]?");
        assertThat(Problems.hint("xyz", words)).isEmpty();
        assertThat(Problems.hint("x", List.of())).isEmpty();
    }
}
