package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member with {@code conf/kubernetes.conf}, where discovery finds what a setting says instead of what an API server does:
 * this member alone.
 */
@Tag("nightly")
class KubernetesBootstrapIT {

    private static Keys keys;

    private final HttpClient client = HttpClient.newHttpClient();
    private final int port = freePort();
    private ReclaimerTestSystem kit;

    @BeforeAll
    static void makeKeys(@TempDir Path directory) throws Exception {
        keys = Keys.in(directory).member("pod", "dns:shop");
    }

    @AfterEach
    void stop() {
        try {
            kit.check();
        } finally {
            kit.stop();
        }
    }

    @Test
    void memberComesUpByConfigurationAlone() throws Exception {
        start(1);
        awaitOk("/ready");
        assertThat(Cluster.get(kit.system()).selfMember().status()).isEqualTo(MemberStatus.up());
        assertThat(get("/alive").statusCode()).isEqualTo(200);

        String self = Cluster.get(kit.system()).selfMember().address().toString();
        JsonNode members = json("/cluster/members");
        assertThat(members.get("selfNode").asText()).isEqualTo(self);
        assertThat(members.at("/members/0/status").asText()).isEqualTo("Up");
        JsonNode seeds = json("/bootstrap/seed-nodes");
        assertThat(seeds.get("seedNodes")).hasSize(1);
        assertThat(seeds.at("/seedNodes/0/node").asText()).isEqualTo(self);
    }

    @Test
    void roundRunsOnAMemberThatCameUpSo() {
        start(1);
        ClusterReclaimer cluster = ClusterReclaimer.get(kit.system());
        Cgroup shop = kit.online("/shop");
        TableShrinker cache = TableShrinker.full();
        ShrinkerHandle handle =
                kit.register(ShrinkerSpec.named("pages").byCgroup().byNode(), cache);
        cache.put(CgroupPath.of("/shop"), 0, 10_000);
        handle.setBit(shop, 0);
        kit.settle();
        awaitOk("/ready");

        ClusterReport report = kit.await(
                cluster.reclaim(ReclaimRequest.in("/shop").objects(1_000).within(Duration.ofSeconds(30))));
        assertThat(report.outcome()).isEqualTo(Outcome.MET);
        assertThat(report.members()).extracting(ClusterReport.Member::member).containsExactly(cluster.member());
        assertThat(report.freedObjects()).isGreaterThanOrEqualTo(1_000).isEqualTo(10_000 - cache.objects());
    }

    /** The pod is not restarted while it waits for the others, and gets no traffic. */
    @Test
    void memberThatWaitsForOthersIsAliveButNotReady() throws Exception {
        start(2);
        awaitOk("/alive");
        assertThat(get("/ready").statusCode()).isEqualTo(500);
        assertThat(json("/bootstrap/seed-nodes").get("seedNodes")).isEmpty();
        assertThat(Cluster.get(kit.system()).state().getMembers()).isEmpty();
    }

    /** Without authentication. */
    @Test
    void managementChangesNothing() throws Exception {
        start(1);
        awaitOk("/ready");
        String self = Cluster.get(kit.system()).selfMember().address().toString();
        HttpResponse<String> down = client.send(
                HttpRequest.newBuilder(uri("/cluster/members/" + self.replace("akka://", "")))
                        .DELETE()
                        .build(),
                BodyHandlers.ofString());
        assertThat(down.statusCode()).isEqualTo(405);
        assertThat(get("/ready").statusCode()).isEqualTo(200);
    }

    /** @param pods the required number of pods to form a cluster: the pod finds only itself */
    private void start(int pods) {
        Map<String, String> environment = new HashMap<>(keys.environment("pod", keys));
        environment.putAll(
                Map.of("POD_IP", "127.0.0.1", "NAMESPACE", "market", "AKKA_CLUSTER_BOOTSTRAP_SERVICE_NAME", "shop"));
        String conf = ConfFile.settings("kubernetes.conf", environment);
        kit = ReclaimerTestSystem.start(conf + "\n" + """
                akka.coordinated-shutdown.exit-jvm = off
                akka.cluster.jmx.enabled = off
                akka.remote.artery.canonical.port = 0
                akka.management.http.port = %d
                akka.management.cluster.bootstrap.contact-point-discovery.required-contact-point-nr = %d
                akka.management.cluster.bootstrap.contact-point-discovery.stable-margin = 200 ms
                akka.management.cluster.bootstrap.contact-point-discovery.interval = 100 ms
                akka.management.cluster.bootstrap.contact-point.probe-interval = 100 ms
                akka.discovery.method = config
                akka.discovery.config.services.shop.endpoints = [{ host = "127.0.0.1", port = %d }]
                """.formatted(port, pods, port));
    }

    private void awaitOk(String path) {
        Threads.until(() -> {
            try {
                return get(path).statusCode() == 200;
            } catch (UncheckedIOException notBoundYet) {
                return false;
            }
        });
    }

    private JsonNode json(String path) throws IOException {
        HttpResponse<String> response = get(path);
        assertThat(response.statusCode()).as(path).isEqualTo(200);
        return new ObjectMapper().readTree(response.body());
    }

    private HttpResponse<String> get(String path) {
        try {
            return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while waiting", e);
        }
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
