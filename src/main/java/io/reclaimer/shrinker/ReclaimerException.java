package io.reclaimer.shrinker;

/**
 * The failure of a request. The message names the subject, the limit, and the setting that changes it. Nothing was done
 * of a failed request, except that a part may have been done after {@link Reason#OFFLINE_TIMEOUT}, {@link
 * Reason#SHUTTING_DOWN} and {@link Reason#FAILED}.
 */
public final class ReclaimerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The reason of the failure. */
    public enum Reason {
        /** The shrinker is registered already. */
        ALREADY_REGISTERED,
        /** The shrinker is freed already, or is being freed. */
        ALREADY_FREED,
        /** All ids up to the configured limit are taken. */
        ID_LIMIT,
        /** The cgroup is not online. */
        NOT_ONLINE,
        /** The cgroup's parent is not online. */
        PARENT_NOT_ONLINE,
        /** The cgroup is on its way offline. */
        GOING_OFFLINE,
        /** The cgroup still has children. */
        HAS_CHILDREN,
        /** A visit in the cgroup did not end in time. The cgroup goes offline when the visit ends. */
        OFFLINE_TIMEOUT,
        /** The root is always online, so it can't go offline. */
        IS_ROOT,
        /** Cgroups are disabled by configuration. */
        CGROUPS_DISABLED,
        /** No node has that number or name. */
        NO_SUCH_NODE,
        /** The shrinker is not in quarantine. */
        NOT_QUARANTINED,
        /** As many rounds as configured are under way. */
        TOO_MANY_ROUNDS,
        /** The request asks for more than a round over a cluster can do. The message names the limit. */
        INVALID_REQUEST,
        /** The actor system is shutting down. */
        SHUTTING_DOWN,
        /** A part of the reclaimer failed, and the log says why. What was freed before stays freed. */
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
