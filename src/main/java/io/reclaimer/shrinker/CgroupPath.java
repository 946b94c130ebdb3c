package io.reclaimer.shrinker;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a cgroup: where it stands in the tree, as in {@code /shop/web}; {@code /} is the root. Immutable.
 *
 * <p>A path has up to {@value #MAX_DEPTH} segments, each 1 to {@value #MAX_SEGMENT_LENGTH} characters of
 * {@code A-Z a-z 0-9 . _ -} and neither {@code .} nor {@code ..}.
 */
public final class CgroupPath implements Comparable<CgroupPath> {

    /** How deep the tree may be, the root not counted. */
    public static final int MAX_DEPTH = 32;

    /** The longest segment, in characters. */
    public static final int MAX_SEGMENT_LENGTH = 64;

    private static final Pattern SEGMENT = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1," + MAX_SEGMENT_LENGTH + "}");

    private static final CgroupPath ROOT = new CgroupPath("/");

    private final String path;

    private CgroupPath(String path) {
        this.path = path;
    }

    /** The top of the tree. */
    public static CgroupPath root() {
        return ROOT;
    }

    /**
     * The path written as {@code /}, {@code /shop} or {@code /shop/web}.
     *
     * @throws IllegalArgumentException where it is written otherwise
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
     * The child of this cgroup with this one segment more.
     *
     * @throws IllegalArgumentException where it is no segment
     */
    public CgroupPath child(String segment) {
        if (segment.contains("/")) {
            throw invalid(segment, "a child has one segment more");
        }
        return of(isRoot() ? "/" + segment : path + "/" + segment);
    }

    /** The cgroup above this one; empty for the root. */
    public Optional<CgroupPath> parent() {
        if (isRoot()) {
            return Optional.empty();
        }
        int slash = path.lastIndexOf('/');
        return Optional.of(slash == 0 ? ROOT : new CgroupPath(path.substring(0, slash)));
    }

    /** This and all above it but the root, the highest first; empty for the root. */
    public List<CgroupPath> withAncestors() {
        List<CgroupPath> paths = new ArrayList<>();
        for (CgroupPath at = this; !at.isRoot(); at = at.parent().orElse(ROOT)) {
            paths.add(0, at);
        }
        return List.copyOf(paths);
    }

    /** Whether this is the top of the tree. */
    @SuppressWarnings("ReferenceEquality") // there is one root, and this is asked in every visit
    public boolean isRoot() {
        return this == ROOT;
    }

    /** Whether this is {@code ancestor} or below it. */
    public boolean isWithin(CgroupPath ancestor) {
        return ancestor.isRoot() || path.equals(ancestor.path) || path.startsWith(ancestor.path + "/");
    }

    /** By the written form. */
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

    /** The written form. */
    @Override
    public String toString() {
        return path;
    }

    private static IllegalArgumentException invalid(String path, String reason) {
        String shown = path.length() <= 100 ? path : path.substring(0, 100) + "...";
        return new IllegalArgumentException("[" + shown + "] is no cgroup path: " + reason
                + ". Allowed is / or /a/b with up to " + MAX_DEPTH + " segments of 1 to " + MAX_SEGMENT_LENGTH
                + " characters from A-Z a-z 0-9 . _ -, none of them . or ..");
    }
}
