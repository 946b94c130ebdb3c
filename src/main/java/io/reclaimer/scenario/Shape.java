package io.reclaimer.scenario;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What may stand at a place in a file: what the parser checks by, and what the schema is made from. Immutable. */
sealed interface Shape {

    /** Keys with values. Any other key is wrong. */
    record Keys(List<Field> fields) implements Shape {}

    /**
     * One of several kinds of {@link Keys}, told apart by the value of one key.
     *
     * @param kinds by that value, in the order in which they are told
     */
    record Kinds(String key, Map<String, Keys> kinds) implements Shape {}

    /** Any names, each with a value of that shape. */
    record Names(Shape value) implements Shape {}

    record Many(Shape element) implements Shape {}

    /** One of these words. */
    record Word(List<String> allowed) implements Shape {}

    /** A whole number. */
    record Whole(long least, long most) implements Shape {}

    record Decimal(double least, double most) implements Shape {}

    /** As {@code 10 s}, or a number of milliseconds. */
    record Time(boolean mayBeZero) implements Shape {}

    /** As {@code 10 KiB}, or a number of bytes. */
    record Size(long least) implements Shape {}

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
            return "a list of " + allowed(many.element());
        } else if (shape instanceof Word word) {
            return "one of " + String.join(", ", word.allowed());
        } else if (shape instanceof Whole whole) {
            return whole.most() == Long.MAX_VALUE
                    ? "a whole number from " + whole.least()
                    : "a whole number from " + whole.least() + " to " + whole.most();
        } else if (shape instanceof Decimal decimal) {
            return decimal.most() == Double.MAX_VALUE
                    ? "a number from " + decimal.least()
                    : "a number from " + decimal.least() + " to " + decimal.most();
        } else if (shape instanceof Time time) {
            return "a duration as in 500 ms, 10 s, 5 m, 1 h" + (time.mayBeZero() ? "" : ", above 0");
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
}
