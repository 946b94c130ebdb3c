package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Jvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine starts with akka-actor-typed alone: no cluster, no Jackson, no cache library. */
class BareEngineIT {

    /** The jars that akka-actor-typed brings, and the folders of these classes. */
    private static final List<String> NEEDED = List.of(
            "reclaimer-",
            "akka-actor_2.13-",
            "akka-actor-typed_2.13-",
            "akka-slf4j_2.13-",
            "config-1.",
            "scala-library-",
            "scala-java8-compat_2.13-",
            "slf4j-api-",
            "jspecify-");

    @TempDir
    Path folder;

    @Test
    void engineStartsWithoutOptionalDependencies() throws Exception {
        assertThat(Jvm.classPathOf(NEEDED)).doesNotContain("jackson", "akka-remote", "akka-cluster", "caffeine");
        Jvm.Ended engine = Jvm.runWithOnly(NEEDED, BareEngine.class, folder);
        assertThat(engine.exitCode()).as(engine.err()).isZero();
        assertThat(engine.out())
                .anyMatch(line -> line.startsWith("serializers "))
                .contains("TARGET_REACHED");
    }
}
