package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.reclaimer.adapter.CaffeineShrinker;
import io.reclaimer.pressure.Pressure;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ReclaimerKit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The code in the README is this code. */
class ReadmeTest {

    @RegisterExtension
    final ReclaimerKit kit = ReclaimerKit.create();

    private Cache<String, byte[]> cache = Caffeine.newBuilder().build();

    @Test
    void embeddingWorksAsTheReadmeSays() {
        var system = kit.system();
        // README begin
        Reclaimer reclaimer = Reclaimer.get(system);
        Pressure.get(system); // from now on rounds start by themselves when the heap gets tight

        cache = Caffeine.newBuilder().maximumSize(1_000_000).build();
        CompletionStage<ShrinkerHandle> pages = reclaimer
                .online("/acme") // tenants are a tree
                .thenCompose(acme -> CaffeineShrinker.register(
                        reclaimer, ShrinkerSpec.named("pages").objectBytes(2048), cache, acme));

        CompletionStage<ReclaimReport> report = pages.thenCompose(registered -> reclaimer.reclaim( // by hand
                ReclaimRequest.in("/acme").objects(100).within(Duration.ofSeconds(2))));

        CompletionStage<?> freed = report.thenCombine(pages, (done, shrinker) -> shrinker)
                .thenCompose(ShrinkerHandle::free); // answers when nobody uses it any more
        // README end
        kit.await(freed);
        assertThat(kit.await(report).cgroup()).hasToString("/acme");
        assertThat(kit.state().shrinkers()).isEmpty();
    }

    @Test
    void theReadmeShowsThisCode() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/reclaimer/ReadmeTest.java"));
        String code = source.substring(
                source.indexOf("// README begin") + "// README begin".length(),
                source.indexOf("\n        // README end"));
        assertThat(Files.readString(Path.of("README.md")))
                .contains("```java\n" + code.stripIndent().strip() + "\n```");
    }
}
