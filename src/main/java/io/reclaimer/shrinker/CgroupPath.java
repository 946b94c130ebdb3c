package io.reclaimer.shrinker;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a cgroup: its place in the tree, such as {@code /shop/web}. The root is {@code /}. Immutable.
 *
 * <p>A path has up to {@value #MAX_DEPTH} segments. A segment has 1 to {@value #MAX_SEGMENT_LENGTH} characters of
 * {@code A-Z a-z 0-9 . _ -}, and is neither {@code .} nor {@code ..}. {@link #encode} makes a segment of any other
 * name, such as the tenant id {@code org:42}.
 */
public final class CgroupPath implements Comparable<CgroupPath> {

    /** The most segments of a path. The root has none. */
    public static final int MAX_DEPTH = 32;

    /** The length of the longest segment, in characters. */
    public static final int MAX_SEGMENT_LENGTH = 64;

    /** The most characters of an invalid path that an error message repeats. */
    private static final int MAX_SHOWN = 100;

    private static final Pattern SEGMENT = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1," + MAX_SEGMENT_LENGTH + "}");

    /**
     * One part of an encoded name: a character that is kept, or one that is written in two or four hexadecimal digits.
     */
    private static final Pattern ENCODED = Pattern.compile("[A-Za-z0-9.-]|__([0-9a-f]{4})|_([0-9a-f]{2})");

    /** The last UTF-16 unit that is written in two hexadecimal digits. */
    private static final char LAST_SHORT = 0xff;

    private static final CgroupPath ROOT = new CgroupPath("/");

    private final String path;

    private CgroupPath(String path) {
        this.path = path;
    }

    /** Returns the root. */
    public static CgroupPath root() {
        return ROOT;
    }

    /**
     * Returns the path that is written as {@code /}, {@code /shop} or {@code /shop/web}.
     *
     * @throws IllegalArgumentException if it is not a valid path
     */
    public static CgroupPath of(String path) {
        if (path.equals("/")) {
            return ROOT;
        }
        if (!path.startsWith("/")) {
            throw invalid(path, "it does not start with a slash");
        }
        String[] segments = path.substring(1).split("/", -1);
        if (segments.length > MAX_DEPTH) {
            throw invalid(path, "it has " + segments.length + " segments");
        }
        for (String segment : segments) {
            if (!SEGMENT.matcher(segment).matches()) {
                throw invalid(path, "its segment [" + segment + "] is not allowed");
            }
        }
        return new CgroupPath(path);
    }

    /**
     * Returns the child of this cgroup: this path with one more segment.
     *
     * @throws IllegalArgumentException if the segment is invalid, or the path would have more than {@value #MAX_DEPTH}
     *     segments
     */
    public CgroupPath child(String segment) {
        if (segment.contains("/")) {
            throw invalid(segment, "a child has one segment more");
        }
        return of(isRoot() ? "/" + segment : path + "/" + segment);
    }

    /**
     * Returns a segment for a name of any characters, such as the id of a tenant. Different names have different
     * segments, and {@link #decode} returns the name of a segment.
     *
     * <p>The characters {@code A-Z a-z 0-9 . -} are kept. Each other UTF-16 unit, also {@code _}, becomes {@code _} and
     * two lower-case hexadecimal digits; from {@code U+0100} on it becomes {@code __} and four digits. The dots of the
     * names {@code .} and {@code ..} are encoded as well. For example, {@code org:42} becomes {@code org_3a42}.
     *
     * @param name not empty; at most 64 characters if all are kept, at most 10 if each takes six
     * @throws IllegalArgumentException if the name is empty, or its segment is longer than {@value #MAX_SEGMENT_LENGTH}
     *     characters. Nothing is cut off, because two names could then share a segment
     */
    public static String encode(String name) {
        Objects.requireNonNull(name, "name");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("The name of a cgroup is empty but has to have 1 character or more");
        }
        // A name that is longer than a segment is not encoded: its segment would be too long in any case.
        String segment = name.length() > MAX_SEGMENT_LENGTH ? name : encoded(name);
        if (segment.length() > MAX_SEGMENT_LENGTH) {
            throw new IllegalArgumentException("The name [" + abbreviated(name) + "] of a cgroup has " + name.length()
                    + " characters, and more than " + MAX_SEGMENT_LENGTH
                    + " as a segment. Characters other than A-Z a-z 0-9 . - take 3 there, those from U+0100 on 6;"
                    + " use a shorter name, as a number or a hash of it");
        }
        return segment;
    }

    private static String encoded(String name) {
        boolean onlyDots = name.equals(".") || name.equals("..");
        StringBuilder segment = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char unit = name.charAt(i);
            if (isKept(unit) && !onlyDots) {
                segment.append(unit);
            } else {
                segment.append(
                        unit <= LAST_SHORT ? String.format("_%02x", (int) unit) : String.format("__%04x", (int) unit));
            }
        }
        return segment.toString();
    }

    private static boolean isKept(char unit) {
        return (unit >= 'a' && unit <= 'z')
                || (unit >= 'A' && unit <= 'Z')
                || (unit >= '0' && unit <= '9')
                || unit == '.'
                || unit == '-';
    }

    /**
     * Returns the name that {@link #encode} made a segment of.
     *
     * @param segment a result of {@link #encode}
     * @throws IllegalArgumentException if {@link #encode} returns it for no name
     */
    public static String decode(String segment) {
        Objects.requireNonNull(segment, "segment");
        StringBuilder name = new StringBuilder(segment.length());
        Matcher part = ENCODED.matcher(segment);
        while (part.lookingAt()) {
            String hex = part.group(1) != null ? part.group(1) : part.group(2);
            name.append(hex == null ? part.group() : String.valueOf((char) Integer.parseInt(hex, 16)));
            part.region(part.end(), segment.length());
        }
        // A longer encoding of a name, and characters that are no encoding, do not encode to the same segment again.
        if (segment.isEmpty()
                || segment.length() > MAX_SEGMENT_LENGTH
                || !encoded(name.toString()).equals(segment)) {
            throw new IllegalArgumentException("[" + abbreviated(segment)
                    + "] is no encoded name: CgroupPath.encode does not answer it for any name");
        }
        return name.toString();
    }

    /** Returns the parent; empty for the root. */
    public Optional<CgroupPath> parent() {
        if (isRoot()) {
            return Optional.empty();
        }
        int slash = path.lastIndexOf('/');
        return Optional.of(slash == 0 ? ROOT : new CgroupPath(path.substring(0, slash)));
    }

    /** Returns this path and its ancestors without the root, the highest first; empty for the root. */
    public List<CgroupPath> withAncestors() {
        List<CgroupPath> paths = new ArrayList<>();
        for (CgroupPath at = this; !at.isRoot(); at = at.parent().orElse(ROOT)) {
            paths.add(0, at);
        }
        return List.copyOf(paths);
    }

    /** Returns whether this is the root. */
    @SuppressWarnings("ReferenceEquality") // there is one root object, and every visit asks this
    public boolean isRoot() {
        return this == ROOT;
    }

    /** Returns whether this is {@code ancestor} or one of its descendants. */
    public boolean isWithin(CgroupPath ancestor) {
        return ancestor.isRoot() || path.equals(ancestor.path) || path.startsWith(ancestor.path + "/");
    }

    /** Compares the written forms. */
    @Override
    public int compareTo(CgroupPath other) {
        return path.compareTo(other.path);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CgroupPath that && path.equals(that.path);
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }

    /** Returns the written form. */
    @Override
    public String toString() {
        return path;
    }

    private static IllegalArgumentException invalid(String path, String reason) {
        return new IllegalArgumentException("[" + abbreviated(path) + "] is no cgroup path: " + reason
                + ". Allowed is / or /a/b with up to " + MAX_DEPTH + " segments of 1 to " + MAX_SEGMENT_LENGTH
                + " characters from A-Z a-z 0-9 . _ -, none of them . or ..; CgroupPath.encode makes a segment of any"
                + " other name");
    }

    private static String abbreviated(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    }
}
