package io.reclaimer.scenario;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where what stands in a HOCON text: for each path, of keys and of elements of lists, the line and column of its key or its first
 * letter; of what is given several times, the last. Typesafe Config knows lines only, and files may have but one. Reads what is
 * well-formed; where it is not sure it says nothing rather than something wrong: of elements of a list that is put together with
 * what stands elsewhere. Immutable.
 */
final class TextPositions {

    private final String text;
    private final Map<String, Position> found = new HashMap<>();
    private int at;
    private int line = 1;
    private int lineStart;

    /** How many lists around here have elements of unknown numbers. */
    private int unsure;

    private record Part(String name, Position position) {}

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
            if (isInclude()) {
                include();
                continue;
            }
            int before = at;
            List<Part> keys = key();
            skip(true);
            boolean appended = isAt("+=");
            if (appended) {
                next();
                next();
            } else if (peek() == '=' || peek() == ':') {
                next();
            } else if (peek() != '{') {
                // Nothing that has a place here.
                restOfLine();
                if (at == before) {
                    next();
                }
                continue;
            }
            String full = path;
            for (Part key : keys) {
                full = ShapeCheck.join(full, key.name());
                found(full, key.position());
            }
            skip(true);
            value(full, appended);
        }
    }

    private void found(String path, Position position) {
        if (unsure == 0) {
            found.put(path, position);
        }
    }

    private boolean isInclude() {
        int end = at + "include".length();
        return isAt("include") && end < text.length() && (text.charAt(end) == '"' || isBlank(text.charAt(end)));
    }

    /** With a name in quotes, that may stand in parentheses. */
    private void include() {
        while (at < text.length() && peek() != '"') {
            next();
        }
        quoted();
        while (peek() == ')' || isBlank(peek())) {
            next();
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

    /** A key, with its parts. Blanks at its end are not of it, if they are not in quotes. */
    private List<Part> key() {
        List<Part> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        Position begin = here();
        int solid = 0;
        while (at < text.length()) {
            int letter = peek();
            if (letter == '"') {
                part.append(quoted());
                solid = part.length();
            } else if (letter == '.') {
                parts.add(new Part(part.toString(), begin));
                part.setLength(0);
                solid = 0;
                next();
                begin = here();
            } else if ("=:{}[],\n#".indexOf(letter) >= 0 || isAt("+=") || isAt("//")) {
                break;
            } else {
                part.append((char) letter);
                solid = isBlank(letter) ? solid : part.length();
                next();
            }
        }
        part.setLength(solid);
        parts.add(new Part(part.toString(), begin));
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
    private void value(String path, boolean appended) {
        int elements = appended ? -1 : 0;
        while (at < text.length()) {
            int letter = peek();
            if (letter == '{') {
                next();
                object(path);
            } else if (letter == '[') {
                next();
                elements = list(path, elements);
            } else if (letter == '"') {
                quoted();
            } else if (isAt("${")) {
                substitution(path);
                elements = -1;
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

    /** Where it is not to what stands above, nothing is known any more of what is below. */
    private void substitution(String path) {
        int begin = at;
        while (at < text.length() && peek() != '}') {
            next();
        }
        next();
        String name = text.substring(begin, at).replaceAll("[${}? ]", "");
        if (!name.equals(path)) {
            found.keySet().removeIf(each -> each.startsWith(path + ".") || each.startsWith(path + "["));
        }
    }

    /** @return the number of the next element in a list that is added to it; below 0 where that is not known */
    private int list(String path, int first) {
        int number = first;
        unsure += first < 0 ? 1 : 0;
        while (true) {
            skip(true);
            if (at >= text.length() || peek() == ']') {
                next();
                break;
            }
            String element = path + "[" + number + "]";
            found(element, here());
            int before = at;
            value(element, false);
            if (at == before) {
                next();
            }
            number += first < 0 ? 0 : 1;
        }
        unsure -= first < 0 ? 1 : 0;
        return number;
    }
}
