package io.reclaimer.engine.call;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The row of faults, the quarantine and the log, by a clock that the test moves. */
class FaultsTest {

    private static final int AFTER = 3;
    private static final Duration FIRST = Duration.ofSeconds(10);

    private final Logger logger = (Logger) LoggerFactory.getLogger(Faults.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private long now = Long.MAX_VALUE - 5;
    private int heldBack;
    private final Faults faults = new Faults("pages", AFTER, FIRST, () -> now, () -> heldBack++);

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    @Test
    void isNotKeptAwayAtFirst() {
        assertThat(faults.isQuarantined()).isFalse();
        assertThat(faults.count()).isZero();
        assertThat(faults.lastFault()).isEmpty();
        assertThat(faults.endQuarantine()).isFalse();
    }

    @Test
    void quarantineBeginsWithTheLastOfARow() {
        row(AFTER - 1);
        assertThat(faults.isQuarantined()).isFalse();
        row(1);
        assertThat(faults.isQuarantined()).isTrue();
    }

    @Test
    void goodVisitEndsTheRow() {
        row(AFTER - 1);
        faults.recordGoodVisit();
        row(AFTER - 1);
        assertThat(faults.isQuarantined()).isFalse();
        assertThat(faults.count()).isEqualTo(2L * (AFTER - 1));
        assertThat(faults.lastFault()).contains("its scan answered nonsense");
    }

    /** Gentle passes count and do not scan; between failed scans they prove nothing. */
    @Test
    void goodCountEndsARowOfCountsOnly() {
        row(AFTER - 1);
        faults.recordGoodCount();
        row(1);
        assertThat(faults.isQuarantined()).isTrue();
        assertThat(faults.endQuarantine()).isTrue();
        for (int i = 0; i < AFTER; i++) {
            faults.recordCountFault("its count threw", "/a", null);
            faults.recordGoodCount();
        }
        assertThat(faults.isQuarantined()).isFalse();
    }

    @Test
    void afterItsQuarantineARowIsAskedForAgain() {
        row(AFTER);
        pass(FIRST);
        assertThat(faults.isQuarantined()).isFalse();
        row(AFTER - 1);
        assertThat(faults.isQuarantined()).isFalse();
        row(1);
        assertThat(faults.isQuarantined()).isTrue();
    }

    @Test
    void quarantineDoublesWithEachReturnUpToAnHour() {
        Duration expected = FIRST;
        for (int i = 0; i < 70; i++) {
            row(AFTER);
            pass(expected.minusNanos(1));
            assertThat(faults.isQuarantined()).as("return %d", i).isTrue();
            pass(Duration.ofNanos(1));
            assertThat(faults.isQuarantined()).as("return %d", i).isFalse();
            expected = expected.multipliedBy(2);
            expected = expected.compareTo(Faults.LONGEST_QUARANTINE) > 0 ? Faults.LONGEST_QUARANTINE : expected;
        }
        assertThat(expected).isEqualTo(Duration.ofHours(1));
        assertThat(faults.endQuarantine()).as("it has ended by itself").isFalse();
    }

    @Test
    void goodVisitEndsTheDoubling() {
        row(AFTER);
        pass(FIRST);
        assertThat(faults.isQuarantined()).isFalse();
        faults.recordGoodVisit();
        row(AFTER);
        pass(FIRST);
        assertThat(faults.isQuarantined()).isFalse();
    }

    @Test
    void isLetOutByHandAndStartsAnew() {
        row(AFTER);
        assertThat(faults.endQuarantine()).isTrue();
        assertThat(faults.isQuarantined()).isFalse();
        assertThat(faults.endQuarantine()).isFalse();
        row(AFTER - 1);
        assertThat(faults.isQuarantined()).isFalse();
        row(1);
        pass(FIRST);
        assertThat(faults.isQuarantined()).isFalse();
    }

    @Test
    void visitsThatEndDuringAQuarantineNeitherEndNorLengthenIt() {
        row(AFTER);
        faults.recordGoodVisit();
        assertThat(faults.isQuarantined()).isTrue();
        pass(FIRST.minusNanos(1));
        row(AFTER);
        assertThat(faults.isQuarantined()).isTrue();
        pass(Duration.ofNanos(1));
        assertThat(faults.isQuarantined()).isFalse();
    }

    @Test
    void logNamesTheShrinkerThePlaceAndTheFault() {
        faults.recordFault("its count threw", "/shop on node 1", new IllegalStateException("broken"));
        assertThat(lines()).hasSize(1);
        assertThat(lines().get(0)).contains("[pages]", "in [/shop on node 1]", "its count threw");
        assertThat(log.list.get(0).getLevel()).isEqualTo(Level.WARN);
        assertThat(log.list.get(0).getThrowableProxy().getMessage()).isEqualTo("broken");
    }

    @Test
    void atMostALineAMinuteIsLoggedWithTheNumberHeldBack() {
        for (int i = 0; i < 10; i++) {
            faults.recordFault("again", "/a", null);
            faults.recordGoodVisit();
        }
        assertThat(lines()).hasSize(1);
        pass(Duration.ofMinutes(1).minusNanos(1));
        faults.recordFault("again", "/a", null);
        assertThat(lines()).hasSize(1);
        faults.recordGoodVisit();
        pass(Duration.ofNanos(1));
        faults.recordFault("again", "/a", null);
        assertThat(lines()).hasSize(2);
        assertThat(lines().get(1)).contains(" 10 more faults");
        faults.recordGoodVisit();
        pass(Duration.ofMinutes(1));
        faults.recordFault("again", "/a", null);
        assertThat(lines()).hasSize(3);
        assertThat(lines().get(2)).doesNotContain("more faults");
    }

    /** A call that failed may be recorded after its shrinker is freed. */
    @Test
    void faultOfAFreedShrinkerIsNotHeldBack() {
        faults.recordFault("first", "/a", null);
        faults.freed();
        faults.recordFault("second", "/a", null);
        assertThat(heldBack).isZero();
    }

    @Test
    void faultsHeldBackAreLoggedAtTheEndOfTheMinuteEvenWhereNothingMoreHappens() {
        row(4);
        assertThat(lines()).hasSize(1);
        assertThat(heldBack).isOne();
        pass(Faults.SILENCE.minusNanos(1));
        faults.logHeldBack();
        assertThat(lines()).hasSize(1);
        pass(Duration.ofNanos(1));
        faults.logHeldBack();
        assertThat(lines()).hasSize(2);
        assertThat(lines().get(1)).contains("[pages]", "3 more faults", "its scan answered nonsense", "/a on node 0");
        pass(Faults.SILENCE);
        faults.logHeldBack();
        assertThat(lines()).hasSize(2);
        faults.recordFault("again", "/a", null);
        assertThat(lines().get(2)).doesNotContain("more faults");
    }

    @Test
    void quarantineIsSaidByTheNextLineWithTheSettingThatChangesIt() {
        Faults longer = new Faults("slow", AFTER, Duration.ofMinutes(10), () -> now, () -> {});
        for (int i = 0; i < AFTER; i++) {
            longer.recordFault("its scan answered nonsense", "/a on node 0", null);
        }
        assertThat(lines()).hasSize(1);
        pass(Faults.SILENCE);
        longer.logHeldBack();
        assertThat(lines().get(1))
                .contains("In quarantine after " + AFTER + " faults", "[reclaimer.quarantine.after-faults]", "540 s");
    }

    @Test
    void quarantineSaysHowLongItStillLasts() {
        assertThat(faults.remainingQuarantine()).isEmpty();
        row(AFTER);
        pass(Duration.ofSeconds(4));
        assertThat(faults.remainingQuarantine()).contains(Duration.ofSeconds(6));
        pass(Duration.ofSeconds(6));
        assertThat(faults.remainingQuarantine()).isEmpty();
    }

    @Test
    void lateRepliesAreCountedAndAreNoFaults() {
        faults.recordLateReply();
        assertThat(faults.lateReplies()).isOne();
        assertThat(faults.count()).isZero();
    }

    private void row(int count) {
        for (int i = 0; i < count; i++) {
            faults.recordFault("its scan answered nonsense", "/a on node 0", null);
        }
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private List<String> lines() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
