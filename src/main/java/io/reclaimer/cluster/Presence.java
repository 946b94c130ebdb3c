package io.reclaimer.cluster;

/** How a member stands, as far as this one knows. */
enum Presence {
    HERE,
    UNREACHABLE,
    /** On its way out. */
    LEAVING,
    /** It is no member, or not any more. */
    GONE,
    /** It is a member, and does not take part. */
    WITHOUT_RECLAIMER
}
