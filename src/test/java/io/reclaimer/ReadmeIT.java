package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Jvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The application that the README shows, in a separate JVM. */
class ReadmeIT {

    private static final long PATIENCE_SECONDS = 120;
    /** 256 MB can't hold more pages of 50,000 bytes. */
    private static final int MOST_PAGES = 5_368;

    private static final Pattern LAST_LINE = Pattern.compile("(\\d+) of 10000 pages are in the cache");

    @Test
    void cacheGivesMemoryBackUnderPressure() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(Jvm.java("-Xmx256m", "-cp", System.getProperty("java.class.path")));
        command.add("shop.Shop");
        Process shop = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output;
        try {
            output = new String(shop.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(shop.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            shop.destroyForcibly();
        }
        assertThat(shop.exitValue()).as(output).isZero();
        assertThat(output).doesNotContain("OutOfMemoryError");
        Matcher left = LAST_LINE.matcher(output);
        assertThat(left.find()).as(output).isTrue();
        assertThat(Integer.parseInt(left.group(1))).isBetween(1, MOST_PAGES);
    }
}
