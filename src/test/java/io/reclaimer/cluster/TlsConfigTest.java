package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings of {@code conf/tls.conf}. */
class TlsConfigTest {

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "SSL_KEY_STORE", "keys",
            "SSL_KEY_STORE_PASSWORD", "of-keys",
            "SSL_TRUST_STORE", "trust",
            "SSL_TRUST_STORE_PASSWORD", "of-trust");

    /** The default password of Akka must not be used. */
    @ParameterizedTest
    @ValueSource(strings = {"SSL_KEY_STORE", "SSL_KEY_STORE_PASSWORD", "SSL_TRUST_STORE", "SSL_TRUST_STORE_PASSWORD"})
    void whatIsNotInTheEnvironmentEndsTheStart(String name) {
        Map<String, String> environment = new HashMap<>(ENVIRONMENT);
        environment.remove(name);
        assertThatThrownBy(() -> ConfFile.parse("tls.conf", environment))
                .isInstanceOf(ConfigException.UnresolvedSubstitution.class)
                .hasMessageContaining("${" + name + "}");
    }

    /** An unknown setting is a misspelt one. */
    @Test
    void allSettingsAreAkkas() {
        Config akka = ConfigFactory.defaultReference();
        Config config = ConfFile.parse("tls.conf", ENVIRONMENT);
        assertThat(config.entrySet())
                .hasSizeGreaterThan(8)
                .allSatisfy(entry -> assertThat(akka.hasPath(entry.getKey()))
                        .as(entry.getKey())
                        .isTrue());
    }
}
