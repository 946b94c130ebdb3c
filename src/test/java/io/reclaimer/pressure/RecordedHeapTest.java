package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The estimate compared with reports of real collectors. They were recorded, with the bytes that were live, by
 * {@code -Dbench.args="collectors 12"} with {@code -Dbench.records}. Each file is one collector in one phase.
 */
class RecordedHeapTest {

    private static final Path FOLDER = Path.of("src/test/resources/heap-readings");

    /** The most that rounds may free in excess if a round is due, as a share of the limit; otherwise it is 0. */
    private static final double MOST_OVER = 0.10;

    /**
     * Here the excess is allowed too: Shenandoah evacuates so little per cycle that old garbage can't be distinguished.
     */
    private static final String LEAVES_GARBAGE = "shenandoah-churn";

    private static final Watermarks MARKS = new Watermarks(0.15, 0.30, 0.35);

    /** A reading, and the true values at that time. */
    private record Recorded(long millis, HeapReading reading, long freed, long cache, long live) {
        static Recorded of(String line) {
            String[] words = line.split(" ");
            long[] n = Stream.concat(Stream.of("0", "0"), Stream.of(words).skip(2))
                    .mapToLong(Long::parseLong)
                    .toArray();
            return new Recorded(
                    Long.parseLong(words[0]),
                    new HeapReading(CollectionScope.valueOf(words[1]), n[2], n[3], n[4], n[5], n[6], n[7]),
                    n[8],
                    n[9],
                    n[10]);
        }
    }

    static List<Path> files() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void eachCollectorIsThereInEachPhase() {
        assertThat(files().stream()
                        .map(file -> file.getFileName().toString().split("-")[0])
                        .distinct())
                .containsExactlyInAnyOrder("g1", "g1_25", "parallel", "serial", "z", "z_25", "shenandoah");
        assertThat(files()).hasSize(7 * 7);
    }

    /** The bytes that rounds free by the estimate alone, with caches of their recorded size. */
    @ParameterizedTest
    @MethodSource("files")
    void roundsFreeNoMoreThanWasDue(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        long limit = Long.parseLong(lines.get(0).split(" ")[1]);
        LiveEstimate estimate = new LiveEstimate(MARKS, limit);
        PressureState state = PressureState.NONE;
        long over = 0;
        boolean isDue = file.getFileName().toString().startsWith(LEAVES_GARBAGE);
        long before = 0;
        long millis = 0;
        for (String line : lines.subList(2, lines.size())) {
            Recorded recorded = Recorded.of(line);
            if (recorded.freed() > before) {
                // The rounds of the recorded program: the bytes that they freed are garbage in the readings.
                estimate.freed(recorded.freed() - before, millis, recorded.millis());
                before = recorded.freed();
            }
            millis = recorded.millis();
            isDue |= recorded.live() > MARKS.lowMark(limit);
            estimate.collected(recorded.reading());
            if (estimate.isCountDue()) {
                estimate.counted(recorded.cache(), true, millis);
            }
            Watermarks.Decision decision = MARKS.decide(state, limit, estimate.liveBytes());
            state = decision.state();
            if (state != PressureState.NONE) {
                // The excess over the bytes that would be wanted if the live bytes were known.
                long due = Math.max(0, recorded.live() - MARKS.highMark(limit));
                over = Math.max(over, decision.wantedBytes() - due);
            }
        }
        assertThat((double) over / limit).as(file.toString()).isLessThanOrEqualTo(isDue ? MOST_OVER : 0);
    }
}
