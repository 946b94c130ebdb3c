package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The consistency of {@code conf/kubernetes.conf}, {@code conf/kubernetes.yaml} and Akka. */
class KubernetesConfigTest {

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "POD_IP", "127.0.0.1",
            "NAMESPACE", "market",
            "AKKA_CLUSTER_BOOTSTRAP_SERVICE_NAME", "shop",
            "SSL_KEY_STORE", "keys",
            "SSL_KEY_STORE_PASSWORD", "of-keys",
            "SSL_TRUST_STORE", "trust",
            "SSL_TRUST_STORE_PASSWORD", "of-trust");

    private static Config config;
    private static JsonNode account;
    private static JsonNode role;
    private static JsonNode binding;
    private static JsonNode policy;
    private static JsonNode deployment;

    @BeforeAll
    static void read() throws IOException {
        config = ConfFile.parse("kubernetes.conf", ENVIRONMENT)
                .withFallback(ConfigFactory.defaultReference())
                .resolve();
        Map<String, JsonNode> byKind = new HashMap<>();
        try (MappingIterator<JsonNode> documents = new YAMLMapper(new YAMLFactory())
                .readerFor(JsonNode.class)
                .readValues(Path.of("conf", "kubernetes.yaml").toFile())) {
            documents.forEachRemaining(
                    document -> byKind.put(document.get("kind").asText(), document));
        }
        assertThat(byKind).containsOnlyKeys("ServiceAccount", "Role", "RoleBinding", "NetworkPolicy", "Deployment");
        account = byKind.get("ServiceAccount");
        role = byKind.get("Role");
        binding = byKind.get("RoleBinding");
        policy = byKind.get("NetworkPolicy");
        deployment = byKind.get("Deployment");
    }

    @Test
    void whatIsNotInTheEnvironmentEndsTheStart() {
        for (String name : ENVIRONMENT.keySet()) {
            Map<String, String> environment = new HashMap<>(ENVIRONMENT);
            environment.remove(name);
            assertThatThrownBy(() -> ConfFile.parse("kubernetes.conf", environment))
                    .isInstanceOf(ConfigException.UnresolvedSubstitution.class)
                    .hasMessageContaining("${" + name + "}");
        }
    }

    /** An unknown setting is a misspelt one. Settings in comments are checked, too. */
    @Test
    void allSettingsAreThoseOfAkkaOrReclaimer() throws IOException {
        String withComments = Files.readString(Path.of("conf", "kubernetes.conf"))
                .replaceAll("(?m)^include .*$", "")
                .replaceAll("(?m)^( *)# ([a-z.-]+ = [^ ]+( [a-z])?)$", "$1$2");
        Config all = ConfigFactory.parseString(withComments)
                .resolveWith(ConfigFactory.parseMap(ENVIRONMENT))
                .withFallback(ConfFile.parse("tls.conf", ENVIRONMENT));
        assertThat(all.entrySet())
                .hasSizeGreaterThan(ConfFile.parse("kubernetes.conf", ENVIRONMENT)
                        .entrySet()
                        .size())
                .allSatisfy(entry -> assertThat(ConfigFactory.defaultReference().hasPath(entry.getKey()))
                        .as(entry.getKey())
                        .isTrue());
    }

    @Test
    void manifestSetsTheEnvironmentThatIsRead() throws IOException {
        Matcher read = Pattern.compile("\\$\\{\\??([A-Z_]+)}")
                .matcher(Files.readString(Path.of("conf", "kubernetes.conf"))
                        + Files.readString(Path.of("conf", "tls.conf")));
        Set<String> names = new TreeSet<>();
        while (read.find()) {
            names.add(read.group(1));
        }
        Map<String, String> set = new LinkedHashMap<>();
        container()
                .get("env")
                .forEach(one -> set.put(
                        one.get("name").asText(),
                        one.at("/valueFrom/fieldRef/fieldPath").asText()));
        set.remove("JAVA_TOOL_OPTIONS");
        assertThat(set).containsOnlyKeys(names);
        assertThat(set)
                .containsEntry("POD_IP", "status.podIP")
                .containsEntry("NAMESPACE", "metadata.namespace")
                .containsEntry("AKKA_CLUSTER_BOOTSTRAP_SERVICE_NAME", "metadata.labels['app']");
    }

    /** Without TLS, anybody who reaches the port can join, and empty the caches of all members. */
    @Test
    void membersTalkOverTlsOnlyAndShowCertificates() {
        Config artery = config.getConfig("akka.remote.artery");
        assertThat(artery.getString("transport")).isEqualTo("tls-tcp");
        assertThat(artery.getBoolean("ssl.config-ssl-engine.require-mutual-authentication"))
                .isTrue();
        // No certificate can name the IP of a pod that is yet to come.
        assertThat(artery.getBoolean("ssl.config-ssl-engine.hostname-verification"))
                .isFalse();
    }

    /** As made by the command on the page. */
    @Test
    void keysAndPasswordsAreThoseOfTheSecret() throws IOException {
        String page = Files.readString(Path.of("src", "site", "markdown", "cluster-setup.md"));
        JsonNode secret = deployment.at("/spec/template/spec/volumes/0/secret");
        String name = secret.get("secretName").asText();
        assertThat(page).contains("kubectl create secret generic -n market " + name + " ");
        String mount = container().at("/volumeMounts/0/mountPath").asText();
        assertThat(container().at("/volumeMounts/0/name"))
                .isEqualTo(deployment.at("/spec/template/spec/volumes/0/name"));
        List<String> files = new ArrayList<>();
        secret.get("items")
                .forEach(item -> files.add(mount + "/" + item.get("path").asText()));
        for (JsonNode one : container().get("env")) {
            String variable = one.get("name").asText();
            if (variable.equals("SSL_KEY_STORE") || variable.equals("SSL_TRUST_STORE")) {
                assertThat(files).contains(one.get("value").asText());
            } else if (variable.startsWith("SSL_")) {
                assertThat(one.at("/valueFrom/secretKeyRef/name").asText()).isEqualTo(name);
                assertThat(one.at("/valueFrom/secretKeyRef/key").asText()).isEqualTo(variable);
                assertThat(page).contains("--from-literal=" + variable + "=");
            }
        }
        secret.get("items")
                .forEach(item -> assertThat(page)
                        .contains("--from-file=" + item.get("key").asText()));
    }

    @Test
    void policyLetsMembersOnlyReachTheirPorts() {
        assertThat(policy.at("/spec/podSelector/matchLabels")).isEqualTo(labels());
        assertThat(policy.at("/spec/policyTypes").toString()).isEqualTo("[\"Ingress\"]");
        assertThat(policy.at("/spec/ingress")).hasSize(1);
        assertThat(policy.at("/spec/ingress/0/from")).hasSize(1);
        assertThat(policy.at("/spec/ingress/0/from/0/podSelector/matchLabels")).isEqualTo(labels());
        assertThat(policy.at("/spec/ingress/0/ports").findValuesAsText("port"))
                .containsExactlyInAnyOrderElementsOf(container().get("ports").findValuesAsText("containerPort"));
    }

    @Test
    void portsAreThoseThatAreBound() {
        Map<String, Integer> ports = new HashMap<>();
        container()
                .get("ports")
                .forEach(port -> ports.put(
                        port.get("name").asText(), port.get("containerPort").asInt()));
        assertThat(ports)
                .containsOnly(
                        Map.entry("remoting", config.getInt("akka.remote.artery.canonical.port")),
                        Map.entry(
                                config.getString("akka.management.cluster.bootstrap.contact-point-discovery.port-name"),
                                config.getInt("akka.management.http.port")));
        assertThat(config.getString("akka.remote.artery.canonical.hostname")).isEqualTo("127.0.0.1");
        assertThat(config.getString("akka.management.http.hostname")).isEqualTo("127.0.0.1");
    }

    @Test
    void probesAskForTheHealthChecks() {
        for (Map.Entry<String, String> probe : Map.of(
                        "readinessProbe", "readiness-path", "livenessProbe", "liveness-path")
                .entrySet()) {
            JsonNode get = container().get(probe.getKey()).get("httpGet");
            assertThat(get.get("path").asText())
                    .isEqualTo("/" + config.getString("akka.management.health-checks." + probe.getValue()));
            assertThat(get.get("port").asText())
                    .isEqualTo(config.getString("akka.management.cluster.bootstrap.contact-point-discovery.port-name"));
        }
    }

    @Test
    void podsAreSelectedByTheLabelTheyHave() {
        JsonNode labels = deployment.at("/spec/template/metadata/labels");
        assertThat(deployment.at("/spec/selector/matchLabels")).isEqualTo(labels);
        String app = labels.get("app").asText();
        assertThat(app).isNotEmpty();
        // The environment has the label's value as the name, see manifestSetsTheEnvironmentThatIsRead.
        assertThat(config.getString("akka.management.cluster.bootstrap.contact-point-discovery.service-name"))
                .isEqualTo(ENVIRONMENT.get("AKKA_CLUSTER_BOOTSTRAP_SERVICE_NAME"));
        assertThat(config.getString("akka.discovery.kubernetes-api.pod-label-selector")
                        .replace("%s", app))
                .isEqualTo("app=" + app);
        assertThat(config.getString("akka.discovery.kubernetes-api.pod-namespace"))
                .isEqualTo("market");
    }

    @Test
    void podsMayListPods() {
        assertThat(role.get("rules")).hasSize(1);
        assertThat(role.at("/rules/0/verbs").toString()).contains("\"list\"");
        assertThat(role.at("/rules/0/resources").toString()).isEqualTo("[\"pods\"]");
        assertThat(role.at("/rules/0/apiGroups").toString()).isEqualTo("[\"\"]");
        assertThat(binding.at("/roleRef/kind").asText()).isEqualTo("Role");
        assertThat(binding.at("/roleRef/name")).isEqualTo(role.at("/metadata/name"));
        assertThat(binding.at("/subjects/0/kind").asText()).isEqualTo("ServiceAccount");
        assertThat(binding.at("/subjects/0/name"))
                .isEqualTo(account.at("/metadata/name"))
                .isEqualTo(deployment.at("/spec/template/spec/serviceAccountName"));
    }

    @Test
    void firstStartHasAsManyPodsAsTheBootstrapWaitsFor() {
        assertThat(deployment.at("/spec/replicas").asInt())
                .isEqualTo(config.getInt(
                        "akka.management.cluster.bootstrap.contact-point-discovery" + ".required-contact-point-nr"))
                .isEqualTo(3);
    }

    @Test
    void updateTakesNoMemberBeforeTheNextIsUp() {
        assertThat(deployment.at("/spec/strategy/rollingUpdate/maxSurge").asInt())
                .isEqualTo(1);
        assertThat(deployment.at("/spec/strategy/rollingUpdate/maxUnavailable").asInt(-1))
                .isZero();
    }

    @Test
    void memberHasTheTimeToLeave() {
        Config shutdown = config.getConfig("akka.coordinated-shutdown");
        Duration atWorst = Duration.ZERO;
        for (String phase : shutdown.getObject("phases").keySet()) {
            String timeout = "phases." + phase + ".timeout";
            atWorst = atWorst.plus(shutdown.getDuration(shutdown.hasPath(timeout) ? timeout : "default-phase-timeout"));
        }
        assertThat(Duration.ofSeconds(deployment
                        .at("/spec/template/spec/terminationGracePeriodSeconds")
                        .asLong()))
                .isGreaterThan(atWorst);
    }

    /** Otherwise a member that was downed, or cannot join, would never be restarted. */
    @Test
    void memberThatIsOutOfTheClusterIsStartedAgain() {
        assertThat(config.getBoolean("akka.cluster.run-coordinated-shutdown-when-down"))
                .isTrue();
        assertThat(config.getBoolean("akka.coordinated-shutdown.exit-jvm")).isTrue();
        assertThat(config.getDuration("akka.cluster.shutdown-after-unsuccessful-join-seed-nodes"))
                .isPositive();
    }

    @Test
    void memoryIsLimited() {
        JsonNode resources = container().get("resources");
        assertThat(resources.at("/limits/memory").asText())
                .isNotEmpty()
                .isEqualTo(resources.at("/requests/memory").asText());
    }

    private static JsonNode labels() {
        return deployment.at("/spec/template/metadata/labels");
    }

    private static JsonNode container() {
        return deployment.at("/spec/template/spec/containers/0");
    }
}
