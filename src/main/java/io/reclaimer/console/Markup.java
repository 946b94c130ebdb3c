package io.reclaimer.console;

import java.util.ArrayDeque;
import java.util.Deque;

/** The text of a page that is XML and HTML alike; whatever is put into it is escaped. One thread's. */
final class Markup {

    private final StringBuilder text = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /** @param attributes names and values in turn */
    Markup open(String element, String... attributes) {
        tag(element, attributes).append('>');
        open.push(element);
        return this;
    }

    /** Closes what was opened last. */
    Markup close() {
        text.append("</").append(open.pop()).append(">\n");
        return this;
    }

    /** One without content: of those that HTML knows as such, or in a picture. */
    Markup empty(String element, String... attributes) {
        tag(element, attributes).append(" />\n");
        return this;
    }

    Markup element(String element, String content, String... attributes) {
        return open(element, attributes).text(content).close();
    }

    Markup text(String content) {
        escape(content);
        return this;
    }

    /** Markup of this program's own, as it is. */
    Markup raw(String markup) {
        text.append(markup);
        return this;
    }

    private StringBuilder tag(String element, String... attributes) {
        text.append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            text.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1]);
            text.append('"');
        }
        return text;
    }

    private void escape(String content) {
        content.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '&' -> text.append("&amp;");
                case '"' -> text.append("&quot;");
                default -> text.appendCodePoint(isAllowed(c) ? c : '\uFFFD');
            }
        });
    }

    /** In XML 1.0, which has no way to say the others. */
    private static boolean isAllowed(int c) {
        return c == '\n' || c == '\t' || (c >= 0x20 && (c < 0xD800 || c > 0xDFFF) && c != 0xFFFE && c != 0xFFFF);
    }

    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("still open: " + open);
        }
        return text.toString();
    }
}
