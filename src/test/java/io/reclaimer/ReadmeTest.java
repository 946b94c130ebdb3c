package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.reclaimer.adapter.CaffeineShrinker;
import io.reclaimer.pressure.Pressure;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code in the README is this code. */
class ReadmeTest {

    private static final Pattern SNIPPET = Pattern.compile("// README begin\\n(.*?)\\n *// README end", Pattern.DOTALL);

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create();

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ReadmeTest",
                "adapter/AdaptersReadmeTest",
                "cluster/ClusterReclaimerIT",
                "../../../outsider/src/test/java/shop/PageCacheContractTest"
            })
    void theReadmeShowsTheCodeOfTheTests(String test) throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/reclaimer/" + test + ".java"));
        List<String> shown = SNIPPET.matcher(source)
                .results()
                .map(snippet -> snippet.group(1).stripIndent().strip())
                .toList();
        assertThat(shown).isNotEmpty();
        String readme = Files.readString(Path.of("README.md"));
        assertThat(shown).allSatisfy(code -> assertThat(readme).contains("```java\n" + code + "\n```"));
    }
}
