package io.reclaimer.shrinker;

/**
 * A request that was refused: nothing of it was done. The message names the thing, the limit and the setting that
 * changes it.
 */
public final class ReclaimerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why a request was refused. */
    public enum Reason {
        /** The shrinker was registered before. */
        ALREADY_REGISTERED,
        /** The shrinker was freed, or is being freed. */
        ALREADY_FREED,
        /** All ids up to the configured limit are taken. */
        ID_LIMIT,
        /** No such cgroup is online. */
        NOT_ONLINE,
        /** The cgroup's parent is not online. */
        PARENT_NOT_ONLINE,
        /** The cgroup is about to go offline. */
        GOING_OFFLINE,
        /** The cgroup still has children. */
        HAS_CHILDREN,
        /** A visit in the cgroup did not end in time; the cgroup goes offline when it does. */
        OFFLINE_TIMEOUT,
        /** The root is always online. */
        IS_ROOT,
        /** Cgroups are disabled by configuration. */
        CGROUPS_DISABLED,
        /** There is no node of that number or name. */
        NO_SUCH_NODE,
        /** The shrinker is not in quarantine. */
        NOT_QUARANTINED,
        /** As many rounds as configured are under way. */
        TOO_MANY_ROUNDS,
        /** The request asks for more than a round over a cluster can be asked for; the message names what and the limit. */
        INVALID_REQUEST,
        /** The actor system is shutting down. */
        SHUTTING_DOWN,
        /** A part of the reclaimer failed; the log says how. What was freed until then is freed. */
        FAILED
    }

    private final Reason reason;

    public ReclaimerException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
