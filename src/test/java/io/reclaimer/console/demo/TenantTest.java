package io.reclaimer.console.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TenantTest {

    @ParameterizedTest
    @CsvSource({
        "/shop/web, WEB",
        "web, WEB",
        "/shop/orm, ORM",
        "orm, ORM",
        "/batch, BATCH",
        "batch, BATCH",
    })
    void tenantIsNamedByPathOrByItsLastSegment(String name, Tenant tenant) {
        assertThat(Tenant.of(name)).isEqualTo(tenant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "shop", "/shop", "/web", "shop/web", "WEB", "web ", "batch/"})
    void anotherNameIsRefusedWithAListOfTenants(String name) {
        assertThatThrownBy(() -> Tenant.of(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[" + name + "]", "/shop/web", "/shop/orm", "/batch", "web", "orm", "batch");
    }
}
