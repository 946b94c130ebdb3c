package io.reclaimer.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A CA with members' keys and certificates in a directory, made by the commands that operators are given on the page
 * cluster-setup: its first block of them makes the CA, its second one a member.
 */
final class Keys {

    private static final Path PAGE = Path.of("src", "site", "markdown", "cluster-setup.md");

    /** Distinct passwords, so that a confusion fails. */
    private static final Map<String, String> PASSWORDS = Map.of(
            "CA_PASSWORD", "of-the-ca", "SSL_KEY_STORE_PASSWORD", "of-keys", "SSL_TRUST_STORE_PASSWORD", "of-trust");

    private final Path directory;
    private final List<String> memberBlock;

    private Keys(Path directory, List<String> memberBlock) {
        this.directory = directory;
        this.memberBlock = memberBlock;
    }

    static Keys in(Path directory) throws IOException, InterruptedException {
        List<List<String>> blocks = keytoolBlocks(Files.readString(PAGE));
        if (blocks.size() != 2) {
            throw new AssertionError("Not one block for the CA and one for members on the page: " + blocks);
        }
        Keys keys = new Keys(Files.createDirectories(directory), blocks.get(1));
        for (String command : blocks.get(0)) {
            keys.keytool(command);
        }
        return keys;
    }

    private static List<List<String>> keytoolBlocks(String page) {
        List<List<String>> blocks = new ArrayList<>();
        String[] parts = page.replace("\\\n", " ").split("```", -1);
        for (int i = 1; i < parts.length; i += 2) {
            List<String> commands =
                    parts[i].lines().filter(line -> line.startsWith("keytool ")).toList();
            if (!commands.isEmpty()) {
                blocks.add(commands);
            }
        }
        return blocks;
    }

    /** @param san whom the certificate names: {@code ip:127.0.0.1} */
    Keys member(String name, String san) throws IOException, InterruptedException {
        for (String command : memberBlock) {
            keytool(command.replace("$MEMBER", name).replace("$SAN", san));
        }
        return this;
    }

    private void keytool(String command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(command.trim().split("\\s+")));
        words.set(0, Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        Path log = directory.resolve("keytool.log");
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(PASSWORDS);
        // One of twenty JVMs that end at once.
        builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        Process process = builder.start();
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("Does not end: " + command);
        }
        if (process.exitValue() != 0) {
            throw new AssertionError(command + ": " + Files.readString(log));
        }
    }

    /** The certificate of the CA, as PEM. */
    Path certificate() {
        return directory.resolve("ca.pem");
    }

    /** For a server that shows the certificate of that name. */
    SSLContext serverOf(String name) throws IOException, GeneralSecurityException {
        char[] password = PASSWORDS.get("SSL_KEY_STORE_PASSWORD").toCharArray();
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(KeyStore.getInstance(directory.resolve(name + ".p12").toFile(), password), password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    /** The settings of {@code conf/tls.conf} for a member with a key, which trusts a CA. */
    String settings(String member, Keys trusted) {
        return ConfFile.settings("tls.conf", environment(member, trusted));
    }

    /** The environment of a member with a key, which trusts a CA. */
    Map<String, String> environment(String member, Keys trusted) {
        Map<String, String> environment = new HashMap<>(PASSWORDS);
        environment.remove("CA_PASSWORD");
        environment.put("SSL_KEY_STORE", directory.resolve(member + ".p12").toString());
        environment.put(
                "SSL_TRUST_STORE", trusted.directory.resolve("truststore.p12").toString());
        return environment;
    }
}
