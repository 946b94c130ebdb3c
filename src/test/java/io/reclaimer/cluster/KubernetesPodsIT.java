package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reclaimer.testkit.Jvm;
import io.reclaimer.testkit.Threads;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes with {@code conf/kubernetes.conf} as it is, each with an address of its own in 127/8 for its pod IP, the
 * environment that {@code conf/kubernetes.yaml} sets, and a server that lists pods in place of the API server. Forming the cluster
 * takes most of the time, so all tests use the same one, in order.
 */
@Tag("nightly")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KubernetesPodsIT {

    private static final long PATIENCE_SECONDS = 60;

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> ips = new ArrayList<>();
    private final List<Process> pods = new ArrayList<>();
    private FakeApiServer api;

    /** Starts a pod with an address. */
    private Function<String, Process> launch;

    @TempDir
    static Path folder;

    @BeforeAll
    void startPods() throws Exception {
        // Not the same ones as another run on this machine.
        String network = "127." + ThreadLocalRandom.current().nextInt(1, 255) + "."
                + ThreadLocalRandom.current().nextInt(255) + ".";
        for (int i = 1; i <= 3; i++) {
            ips.add(network + i);
        }
        assumeTrue(ips.stream().allMatch(KubernetesPodsIT::canBind), "Only 127.0.0.1 is an address of this machine");
        Keys keys =
                Keys.in(folder.resolve("keys")).member("api", "ip:127.0.0.1").member("pod", "dns:shop");
        Path token = Files.writeString(folder.resolve("token"), FakeApiServer.TOKEN);
        // As in an image.
        Path conf = Files.createDirectories(folder.resolve("conf"));
        Files.writeString(conf.resolve("application.conf"), "include required(\"kubernetes.conf\")\n");
        for (String file : List.of("kubernetes.conf", "tls.conf")) {
            Files.copy(Path.of("conf", file), conf.resolve(file));
        }
        api = new FakeApiServer(keys.serverOf("api"), ips);
        launch = ip -> start(ip, conf, keys, token);
        pods.add(launch.apply(ips.get(0)));
        pods.add(launch.apply(ips.get(1)));
    }

    @AfterAll
    void end() {
        pods.forEach(Process::destroyForcibly);
        if (api != null) {
            api.close();
        }
    }

    /** The first start takes three pods. A pod is not restarted while it waits for the others, and gets no traffic. */
    @Test
    @Order(1)
    void podThatWaitsForOthersIsAliveButNotReady() throws Exception {
        String ip = ips.get(0);
        Threads.until(() -> isOk(ip, "/alive"), this::errors);
        assertThat(get(ip, "/ready").statusCode()).isEqualTo(500);
        assertThat(json(ip, "/bootstrap/seed-nodes").get("seedNodes")).isEmpty();
        assertThat(members(ip)).isEmpty();
        pods.add(launch.apply(ips.get(2)));
        awaitMembers(ips);
    }

    /** Without authentication. */
    @Test
    @Order(2)
    void managementChangesNothing() throws Exception {
        HttpRequest down = HttpRequest.newBuilder(uri(ips.get(0), "/cluster/members/pod@" + ips.get(1) + ":25520"))
                .DELETE()
                .build();
        assertThat(client.send(down, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
        assertThat(isOk(ips.get(1), "/ready")).isTrue();
    }

    @Test
    @Order(3)
    void podsFormOneClusterAndARoundFreesOnAllOfThem() throws Exception {
        Map<String, Long> freed = reclaim(pods.get(0), 3, 6_000);
        assertThat(freed).containsOnlyKeys(ips.stream().map(ip -> ip + ":25520").toList());
        assertThat(freed.values()).allMatch(objects -> objects > 0);
        assertThat(freed.values().stream().mapToLong(Long::longValue).sum()).isBetween(6_000L, 3L * Pod.OBJECTS);
        for (String ip : ips) {
            assertThat(get(ip, "/alive").statusCode()).isEqualTo(200);
        }
    }

    /** The last test: one pod is gone after it. */
    @Test
    @Order(4)
    void podThatIsToldToEndLeavesTheClusterFirst() throws Exception {
        pods.get(2).destroy();
        assertThat(pods.get(2).waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        List<String> rest = ips.subList(0, 2);
        // One that had only vanished would still be a member: it would take more than 20 s to be downed.
        assertThat(members(ips.get(0)))
                .allSatisfy((ip, status) ->
                        assertThat(rest.contains(ip) || !status.equals("Up")).isTrue());
        awaitMembers(rest);
        assertThat(reclaim(pods.get(0), 2, 6_000))
                .containsOnlyKeys(rest.stream().map(ip -> ip + ":25520").toList());
    }

    /** Waits until each pod is ready, and sees exactly these pods as Up. */
    private void awaitMembers(List<String> expected) {
        for (String ip : expected) {
            Threads.until(
                    () -> isOk(ip, "/ready")
                            && members(ip).keySet().equals(Set.copyOf(expected))
                            && members(ip).values().stream().allMatch("Up"::equals),
                    this::errors);
        }
    }

    private boolean isOk(String ip, String path) {
        try {
            return get(ip, path).statusCode() == 200;
        } catch (UncheckedIOException notBoundYet) {
            return false;
        }
    }

    private JsonNode json(String ip, String path) {
        HttpResponse<String> response = get(ip, path);
        assertThat(response.statusCode()).isEqualTo(200);
        try {
            return new ObjectMapper().readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new AssertionError(response.body(), e);
        }
    }

    /** The status of the members by address, as one pod sees them. */
    private Map<String, String> members(String ip) {
        Map<String, String> members = new TreeMap<>();
        for (JsonNode member : json(ip, "/cluster/members").get("members")) {
            URI address = URI.create(member.get("node").asText());
            members.put(address.getHost(), member.get("status").asText());
        }
        return members;
    }

    private HttpResponse<String> get(String ip, String path) {
        try {
            return client.send(HttpRequest.newBuilder(uri(ip, path)).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while waiting", e);
        }
    }

    private static URI uri(String ip, String path) {
        return URI.create("http://" + ip + ":8558" + path);
    }

    /** The objects freed by each member in a round that a pod starts when it knows the number of members. */
    private Map<String, Long> reclaim(Process pod, int members, long objects) throws Exception {
        pod.outputWriter(StandardCharsets.UTF_8)
                .append(members + " " + objects + "\n")
                .flush();
        BufferedReader reader = pod.inputReader(StandardCharsets.UTF_8);
        String[] answer = new String[1];
        Threads.start(() -> answer[0] = reader.readLine()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(answer[0]).as(errors()).isNotNull();
        return Arrays.stream(answer[0].split(" "))
                .map(part -> part.split("="))
                .collect(Collectors.toMap(part -> part[0], part -> Long.parseLong(part[1])));
    }

    private Process start(String ip, Path conf, Keys keys, Path token) {
        List<String> command = Jvm.java(
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dakka.discovery.kubernetes-api.api-ca-path=" + keys.certificate(),
                "-Dakka.discovery.kubernetes-api.api-token-path=" + token);
        command.addAll(List.of(
                "-classpath", conf + File.pathSeparator + System.getProperty("java.class.path"), Pod.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(folder.resolve("err-" + ip).toFile());
        builder.environment().putAll(keys.environment("pod", keys));
        builder.environment()
                .putAll(Map.of(
                        "POD_IP", ip,
                        "NAMESPACE", "market",
                        "AKKA_CLUSTER_BOOTSTRAP_SERVICE_NAME", "shop",
                        "KUBERNETES_SERVICE_HOST", "127.0.0.1",
                        "KUBERNETES_SERVICE_PORT", String.valueOf(api.port())));
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String errors() {
        StringBuilder errors = new StringBuilder();
        try {
            for (String ip : ips) {
                errors.append(ip).append(":\n").append(Files.readString(folder.resolve("err-" + ip)));
            }
        } catch (IOException e) {
            errors.append(e);
        }
        return errors.toString();
    }

    private static boolean canBind(String ip) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(ip))) {
            return socket.isBound();
        } catch (IOException notHere) {
            return false;
        }
    }
}
