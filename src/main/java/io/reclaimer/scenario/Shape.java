package io.reclaimer.scenario;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What may stand at a place in a file: what the parser checks by, and what the schema is made from. Immutable. */
sealed interface Shape {

    /**
     * Keys with values. Any other key is wrong.
     *
     * @param oneOrMore of these keys at least one has to be there; empty where none has to
     */
    record Keys(List<Field> fields, List<String> oneOrMore) implements Shape {
        Keys(List<Field> fields) {
            this(fields, List.of());
        }
    }

    /**
     * One of several kinds of {@link Keys}, told apart by the value of one key.
     *
     * @param kinds by that value, in the order in which they are told
     */
    record Kinds(String key, Map<String, Keys> kinds) implements Shape {}

    /** Any names of that form, each with a value of that shape. */
    record Names(Text name, Shape value) implements Shape {}

    /** @param least so many there are at least */
    record Many(Shape element, int least) implements Shape {
        Many(Shape element) {
            this(element, 0);
        }
    }

    /** One of these words. */
    record Word(List<String> allowed) implements Shape {}

    /** A whole number. */
    record Whole(long least, long most) implements Shape {}

    record Decimal(double least, double most) implements Shape {}

    /** As {@code 10 s}, or a number of milliseconds; where it may not be zero, whole milliseconds. */
    record Time(boolean mayBeZero) implements Shape {

        private static final String COARSE = "m|minutes?|h|hours?|d|days?|s|seconds?";
        private static final String MILLIS = "ms|millis|milliseconds?";
        private static final String FINE = "us|micros|microseconds?|ns|nanos|nanoseconds?";

        /** For all of it. What it takes, HOCON takes as well, and as no other time. */
        String pattern() {
            return mayBeZero
                    ? " *[0-9]{1,15}(\\.[0-9]{1,9})? *(" + COARSE + "|" + MILLIS + "|" + FINE + ")? *"
                    : "(?=.*[1-9]) *([0-9]{1,15}(\\.[0-9]{1,3})? *(" + COARSE + ")|[0-9]{1,15} *(" + MILLIS + ")?) *";
        }
    }

    /** As {@code 10 KiB}, or a number of bytes. */
    record Size(long least) implements Shape {

        private static final String UNITS = "[kKMG]|[KMG]i|kB|[MG]B|[KMG]iB|(kilo|mega|giga|kibi|mebi|gibi)bytes?";

        /** For all of it. What it takes, HOCON takes as well. */
        String pattern() {
            return (least > 0 ? "(?=.*[1-9])" : "") + " *([0-9]{1,18} *(B|b|bytes?)?|[0-9]{1,9}(\\.[0-9]{1,3})? *("
                    + UNITS + ")) *";
        }
    }

    record Flag() implements Shape {}

    /**
     * Text.
     *
     * @param what in words, as "a path as in /shop/web"
     * @param pattern a regular expression for all of it
     */
    record Text(String what, String pattern) implements Shape {}

    record Either(List<Shape> shapes) implements Shape {}

    /** Whatever. */
    record Anything() implements Shape {}

    /**
     * A key.
     *
     * @param otherwise what holds where it is left out, in words; empty where it has to be there
     * @param about what it is, in a sentence
     */
    record Field(String name, Shape shape, Optional<String> otherwise, String about) {}

    static Field needed(String name, Shape shape, String about) {
        return new Field(name, shape, Optional.empty(), about);
    }

    static Field optional(String name, Shape shape, String otherwise, String about) {
        return new Field(name, shape, Optional.of(otherwise), about);
    }

    /** What is allowed, in words. */
    static String allowed(Shape shape) {
        if (shape instanceof Keys || shape instanceof Kinds || shape instanceof Names) {
            return "an object { … }";
        } else if (shape instanceof Many many) {
            return "a list" + (many.least() > 0 ? " of at least " + many.least() : "") + ", each "
                    + allowed(many.element());
        } else if (shape instanceof Word word) {
            return "one of " + String.join(", ", word.allowed());
        } else if (shape instanceof Whole whole) {
            return "a whole number"
                    + (whole.least() == Long.MIN_VALUE ? "" : " from " + whole.least())
                    + (whole.most() == Long.MAX_VALUE ? "" : " to " + whole.most());
        } else if (shape instanceof Decimal decimal) {
            return "a number"
                    + (Double.isInfinite(decimal.least()) ? "" : " from " + plain(decimal.least()))
                    + (Double.isInfinite(decimal.most()) ? "" : " to " + plain(decimal.most()));
        } else if (shape instanceof Time time) {
            return "a duration as in 500 ms, 10 s, 5 m, 1 h"
                    + (time.mayBeZero() ? "" : ", of whole milliseconds above 0");
        } else if (shape instanceof Size size) {
            return "a size as in 512, 10 KiB, 1 GiB" + (size.least() > 0 ? ", at least " + size.least() : "");
        } else if (shape instanceof Flag) {
            return "true or false";
        } else if (shape instanceof Text text) {
            return text.what();
        } else if (shape instanceof Either either) {
            return String.join(
                    ", or ", either.shapes().stream().map(Shape::allowed).toList());
        }
        return "anything";
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }
}
