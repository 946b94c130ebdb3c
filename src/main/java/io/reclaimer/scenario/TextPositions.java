package io.reclaimer.scenario;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where what stands in a HOCON text: for each path, of keys and of elements of lists, the line and column of its key or its first
 * letter. Typesafe Config knows lines only, and files may have but one. Reads what is well-formed; where it is not sure it says
 * nothing rather than something wrong. Immutable.
 */
final class TextPositions {

    private final String text;
    private final Map<String, Position> found = new HashMap<>();
    private int at;
    private int line = 1;
    private int lineStart;

    private TextPositions(String text) {
        this.text = text;
    }

    static Map<String, Position> of(String text) {
        TextPositions reader = new TextPositions(text);
        reader.found.put("", new Position(1, 1));
        reader.skip(true);
        if (reader.peek() == '{') {
            reader.next();
        }
        reader.object("");
        return Map.copyOf(reader.found);
    }

    private int peek() {
        return at < text.length() ? text.charAt(at) : -1;
    }

    private boolean isAt(String what) {
        return text.startsWith(what, at);
    }

    private void next() {
        if (at < text.length() && text.charAt(at++) == '\n') {
            line++;
            lineStart = at;
        }
    }

    private Position here() {
        return new Position(line, at - lineStart + 1);
    }

    /** Blanks and comments; also ends of lines and commas. */
    private void skip(boolean lines) {
        while (at < text.length()) {
            if (peek() == '#' || isAt("//")) {
                while (at < text.length() && peek() != '\n') {
                    next();
                }
            } else if (peek() == '\n' ? lines : peek() == ',' ? lines : isBlank(peek())) {
                next();
            } else {
                return;
            }
        }
    }

    private static boolean isBlank(int letter) {
        return letter != '\n' && (Character.isWhitespace(letter) || letter == '\uFEFF' || letter == '\u00A0');
    }

    /** The members of an object whose brace is behind; up to and with its end. */
    private void object(String path) {
        while (true) {
            skip(true);
            if (at >= text.length()) {
                return;
            }
            if (peek() == '}') {
                next();
                return;
            }
            int before = at;
            Position position = here();
            List<String> keys = key();
            skip(true);
            if (isAt("+=")) {
                next();
                next();
            } else if (peek() == '=' || peek() == ':') {
                next();
            } else if (peek() != '{') {
                // An include, or nothing that has a place here.
                restOfLine();
                if (at == before) {
                    next();
                }
                continue;
            }
            String full = path;
            for (String key : keys) {
                full = ShapeCheck.join(full, key);
                found.put(full, position);
            }
            skip(true);
            value(full);
        }
    }

    private void restOfLine() {
        while (at < text.length() && peek() != '\n' && peek() != '}') {
            if (peek() == '"') {
                quoted();
            } else {
                next();
            }
        }
    }

    /** A key, with its parts. */
    private List<String> key() {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        while (at < text.length()) {
            int letter = peek();
            if (letter == '"') {
                part.append(quoted());
            } else if (letter == '.') {
                parts.add(part.toString().trim());
                part.setLength(0);
                next();
            } else if ("=:{}[],\n#".indexOf(letter) >= 0 || isAt("+=") || isAt("//")) {
                break;
            } else {
                part.append((char) letter);
                next();
            }
        }
        parts.add(part.toString().trim());
        return parts;
    }

    /** A text in quotes, one or three; what is in it, as far as it names a key. */
    private String quoted() {
        boolean triple = isAt("\"\"\"");
        int quotes = triple ? 3 : 1;
        for (int i = 0; i < quotes; i++) {
            next();
        }
        StringBuilder inside = new StringBuilder();
        while (at < text.length() && !(triple ? isAt("\"\"\"") : peek() == '"')) {
            if (!triple && peek() == '\\') {
                next();
            }
            inside.append((char) peek());
            next();
        }
        for (int i = 0; i < quotes && at < text.length(); i++) {
            next();
        }
        // More quotes than three at the end belong to it.
        while (triple && peek() == '"') {
            next();
        }
        return inside.toString();
    }

    /** A value, of one or more parts on its line. */
    private void value(String path) {
        while (at < text.length()) {
            int letter = peek();
            if (letter == '{') {
                next();
                object(path);
            } else if (letter == '[') {
                next();
                list(path);
            } else if (letter == '"') {
                quoted();
            } else if (isAt("${")) {
                while (at < text.length() && peek() != '}') {
                    next();
                }
                next();
            } else if (letter == '\n'
                    || letter == ','
                    || letter == '}'
                    || letter == ']'
                    || letter == '#'
                    || isAt("//")) {
                return;
            } else {
                next();
            }
        }
    }

    private void list(String path) {
        for (int i = 0; ; i++) {
            skip(true);
            if (at >= text.length()) {
                return;
            }
            if (peek() == ']') {
                next();
                return;
            }
            String element = path + "[" + i + "]";
            found.put(element, here());
            int before = at;
            value(element);
            if (at == before) {
                next();
            }
        }
    }
}
