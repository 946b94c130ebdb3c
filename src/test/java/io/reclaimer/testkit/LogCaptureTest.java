package io.reclaimer.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLoggerFactory;

class LogCaptureTest {

    @Test
    void withoutLogbackNothingIsCapturedAndOneWarningSaysSo() {
        LogCapture.Off.forgetWarning();
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            for (int i = 0; i < 2; i++) {
                LogCapture capture = LogCapture.start(new NOPLoggerFactory(), true);
                capture.clear();
                assertThat(capture.errors()).isEmpty();
                assertThat(capture.lines()).isEmpty();
                capture.end();
            }
        } finally {
            System.setErr(err);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .isEqualToIgnoringNewLines("Reclaimer test kit: logs are not captured, and error logs fail no test,"
                        + " because SLF4J is bound to [org.slf4j.helpers.NOPLoggerFactory]; put logback-classic on the test"
                        + " class path to capture them");
    }
}
