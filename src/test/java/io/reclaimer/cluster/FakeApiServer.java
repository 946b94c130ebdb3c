package io.reclaimer.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** A fake API server of Kubernetes, which lists pods to a client with the right token and label. */
final class FakeApiServer implements AutoCloseable {

    static final String TOKEN = "token-of-the-service-account";

    private final HttpsServer server;
    private final byte[] pods;

    FakeApiServer(SSLContext tls, List<String> podIps) throws IOException {
        pods = new ObjectMapper()
                .writeValueAsBytes(Map.of(
                        "kind",
                        "PodList",
                        "items",
                        podIps.stream().map(FakeApiServer::pod).toList()));
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean allowed =
                    ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
            boolean known = exchange.getRequestURI().getPath().equals("/api/v1/namespaces/market/pods")
                    && exchange.getRequestURI().getQuery().equals("labelSelector=app=shop");
            byte[] body = allowed && known ? pods : "{}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(allowed ? known ? 200 : 404 : 403, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static Map<String, Object> pod(String ip) {
        return Map.of(
                "metadata",
                Map.of("labels", Map.of("app", "shop")),
                "spec",
                Map.of(
                        "containers",
                        List.of(Map.of(
                                "name",
                                "shop",
                                "ports",
                                List.of(
                                        Map.of("name", "remoting", "containerPort", 25520),
                                        Map.of("name", "management", "containerPort", 8558))))),
                "status",
                Map.of("phase", "Running", "podIP", ip));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
