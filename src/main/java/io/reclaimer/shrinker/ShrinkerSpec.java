package io.reclaimer.shrinker;

/**
 * What is fixed about a shrinker when it is allocated. Immutable; checked when made.
 *
 * @param name for people: 1 to {@value #MAX_NAME_LENGTH} characters, no control characters; need not be unique
 * @param cgroupAware keeps its objects by cgroup; otherwise it is global, belongs to no cgroup, and is called with the
 *     root
 * @param numaAware keeps its objects by node; otherwise it is called with node 0
 * @param nonSlab is called in cgroups even while object accounting is off
 * @param seeks what it costs to recreate an object, relative to {@link #DEFAULT_SEEKS}; 0: costs nothing
 * @param batch how many objects one scan call is asked for at most; at least 1
 * @param objectBytes about how many bytes one object holds, at least 1; used to turn bytes of pressure into objects
 */
public record ShrinkerSpec(
        String name, boolean cgroupAware, boolean numaAware, boolean nonSlab, int seeks, long batch, long objectBytes) {

    /** The cost of recreating an object where nothing else is said (the kernel's {@code DEFAULT_SEEKS}). */
    public static final int DEFAULT_SEEKS = 2;

    /** The size of a scan call where nothing else is said (the kernel's {@code SHRINK_BATCH}). */
    public static final long DEFAULT_BATCH = 128;

    /** The size of an object where nothing else is said: a small record with its key and its entry in a map. */
    public static final long DEFAULT_OBJECT_BYTES = 1024;

    /** The longest name, in characters (the kernel's name buffer). */
    public static final int MAX_NAME_LENGTH = 128;

    public ShrinkerSpec {
        if (name.isBlank() || name.length() > MAX_NAME_LENGTH || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("The name of a shrinker is [" + abbreviated(name)
                    + "] but has to have 1 to " + MAX_NAME_LENGTH
                    + " characters, not only blanks, and no control characters");
        }
        if (seeks < 0) {
            throw new IllegalArgumentException(
                    "Shrinker [" + name + "]: seeks is [" + seeks + "] but has to be 0 or more");
        }
        if (batch < 0) {
            throw new IllegalArgumentException(
                    "Shrinker [" + name + "]: batch is [" + batch + "] but has to be 0 (the default) or more");
        }
        if (objectBytes < 1) {
            throw new IllegalArgumentException(
                    "Shrinker [" + name + "]: objectBytes is [" + objectBytes + "] but has to be 1 or more");
        }
        batch = batch == 0 ? DEFAULT_BATCH : batch;
    }

    /** A global shrinker with the defaults. */
    public static ShrinkerSpec named(String name) {
        return new ShrinkerSpec(name, false, false, false, DEFAULT_SEEKS, DEFAULT_BATCH, DEFAULT_OBJECT_BYTES);
    }

    /** The same, keeping its objects by cgroup. */
    public ShrinkerSpec byCgroup() {
        return new ShrinkerSpec(name, true, numaAware, nonSlab, seeks, batch, objectBytes);
    }

    /** The same, keeping its objects by node. */
    public ShrinkerSpec byNode() {
        return new ShrinkerSpec(name, cgroupAware, true, nonSlab, seeks, batch, objectBytes);
    }

    /** The same, called in cgroups even while object accounting is off. */
    public ShrinkerSpec alsoWithoutAccounting() {
        return new ShrinkerSpec(name, cgroupAware, numaAware, true, seeks, batch, objectBytes);
    }

    /** The same, with another cost of recreating an object: 0 or more. */
    public ShrinkerSpec seeks(int newSeeks) {
        return new ShrinkerSpec(name, cgroupAware, numaAware, nonSlab, newSeeks, batch, objectBytes);
    }

    /** The same, with another size of a scan call: 0 (the default) or more. */
    public ShrinkerSpec batch(long newBatch) {
        return new ShrinkerSpec(name, cgroupAware, numaAware, nonSlab, seeks, newBatch, objectBytes);
    }

    /** The same, with another size of an object: at least 1 byte. */
    public ShrinkerSpec objectBytes(long bytes) {
        return new ShrinkerSpec(name, cgroupAware, numaAware, nonSlab, seeks, batch, bytes);
    }

    /** The same as a global one: what becomes of a cgroup-aware shrinker where cgroups are disabled. */
    public ShrinkerSpec global() {
        return new ShrinkerSpec(name, false, numaAware, nonSlab, seeks, batch, objectBytes);
    }

    private static String abbreviated(String name) {
        return name.length() <= MAX_NAME_LENGTH
                ? name
                : name.substring(0, 32) + "... (" + name.length() + " characters)";
    }
}
