package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapReadingTest {

    @ParameterizedTest
    @CsvSource({
        "YOUNG, 100, 500, 20, 540, 560",
        "YOUNG, 100, 500, 90, 560, 600",
        "SOME_OLD, 100, 500, 90, 560, 600",
        "ALL, 100, 500, 0, 400, 400",
        "ALL, 100, 500, 90, 560, 650"
    })
    void noMoreIsLiveThanWasInUseBefore(
            CollectionScope scope, long youngBefore, long oldBefore, long youngAfter, long oldAfter, long mostLive) {
        assertThat(new HeapReading(scope, 0, youngBefore, oldBefore, youngAfter, oldAfter).mostLiveBytes())
                .isEqualTo(mostLive);
    }

    @ParameterizedTest
    @CsvSource({
        "YOUNG, 100, 500, 100, 500, true",
        "YOUNG, 100, 500, 120, 500, true",
        "YOUNG, 100, 500, 99, 501, false",
        "YOUNG, 0, 500, 0, 500, false",
        "SOME_OLD, 100, 500, 100, 500, false",
        "ALL, 100, 500, 100, 500, false"
    })
    void youngCollectionThatTookNothingYoungWasAborted(
            CollectionScope scope, long youngBefore, long oldBefore, long youngAfter, long oldAfter, boolean aborted) {
        assertThat(new HeapReading(scope, 0, youngBefore, oldBefore, youngAfter, oldAfter).isAborted())
                .isEqualTo(aborted);
    }
}
