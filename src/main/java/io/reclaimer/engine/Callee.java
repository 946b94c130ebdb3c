package io.reclaimer.engine;

/** How a shrinker is called that does not answer within the call. */
interface Callee {

    /** Makes the call, and sees to it that it is answered. Does not throw; a visitor. */
    void make(Call call);

    /** The call is given up: nobody waits for it any more. Right before its end, by the watch. */
    default void givenUp(Call call) {}

    /** The shrinker is being freed. Any thread, once. */
    default void freeing() {}
}
