package io.reclaimer.console.report;

import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/**
 * A headless Chromium, as found on the {@code PATH}. It opens a page, runs the page's scripts, and returns the
 * document.
 */
final class Browser {

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome", "chrome");

    /** Nothing but the page: no GPU, no background traffic. The page is our own, so that it needs no sandbox. */
    private static final List<String> OPTIONS = List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    /** Replaces the document by its own XML, in characters that need no escaping in HTML. */
    private static final String SERIALIZE = """
            <script>
            document.documentElement.replaceChildren(
              encodeURIComponent(new XMLSerializer().serializeToString(document)));
            </script>
            """;

    private static final Pattern SERIALIZED = Pattern.compile("<html[^>]*>([^<]*)</html>");

    private static final long TIMEOUT_SECONDS = 120;

    private final Path program;
    private final Path folder;

    private Browser(Path program, Path folder) {
        this.program = program;
        this.folder = folder;
    }

    /** @param folder for the browser's files */
    static Optional<Browser> find(Path folder) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(path -> NAMES.stream().map(name -> Path.of(path, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> new Browser(program, folder));
    }

    /** Returns the document after all scripts of the page have run. */
    Document open(String page) throws Exception {
        Path file = Files.writeString(folder.resolve("page.html"), page.replace("</body>", SERIALIZE + "</body>"));
        Matcher serialized = SERIALIZED.matcher(dump(file));
        if (!serialized.find()) {
            throw new IOException("the browser returned no document: " + Files.readString(folder.resolve("err")));
        }
        String xml = URLDecoder.decode(serialized.group(1), StandardCharsets.UTF_8);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private String dump(Path page) throws IOException, InterruptedException, TimeoutException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(OPTIONS);
        command.addAll(Arrays.asList(
                "--user-data-dir=" + folder.resolve("profile"),
                "--dump-dom",
                page.toUri().toString()));
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new TimeoutException("the browser did not end within " + TIMEOUT_SECONDS + " s");
        }
        return Files.readString(out);
    }
}
