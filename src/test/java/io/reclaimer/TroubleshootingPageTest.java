package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page about troubleshooting quotes the texts of the program. */
class TroubleshootingPageTest {

    /** The titles of columns whose code is quoted from the source. */
    private static final Set<String> QUOTING = Set.of("log", "log or message", "fault", "reason", "what is seen");

    @Test
    void textsThatThePageQuotesAreInTheSource() {
        String source = Documents.files(Documents.MAIN, ".java").stream()
                .map(Documents::read)
                .collect(Collectors.joining("\n"))
                .replaceAll("\"\\s*\\+\\s*\"", "");
        List<String> quoted = quoted(Documents.page("troubleshooting.md"));
        assertThat(quoted)
                .hasSizeGreaterThan(30)
                .allSatisfy(text -> assertThat(source.contains(text))
                        .as("[%s] is written by the program", text)
                        .isTrue());
    }

    /** Texts of several words in the first column of tables that quote. */
    private static List<String> quoted(String page) {
        List<String> quoted = new ArrayList<>();
        boolean quotes = false;
        boolean inTable = false;
        for (String line : page.lines().toList()) {
            if (!line.startsWith("|")) {
                inTable = false;
                continue;
            }
            String first = line.split("\\|")[1].strip();
            if (!inTable) {
                inTable = true;
                quotes = QUOTING.contains(first);
            } else if (quotes) {
                Documents.spans(first).stream()
                        .filter(span -> span.contains(" "))
                        .forEach(quoted::add);
            }
        }
        return quoted;
    }
}
