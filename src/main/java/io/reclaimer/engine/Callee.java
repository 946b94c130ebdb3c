package io.reclaimer.engine;

/** How a shrinker is called that does not answer within the call. */
interface Callee {

    /** Makes the call, and sees to it that it is answered. Returns at once, and does not throw; the pair's actor. */
    void make(Call call);

    /** The call was not answered by its deadline: nobody waits for it any more. Right after, by the pair's actor. */
    default void givenUp(Call call) {}

    /** The shrinker is being freed. Any thread, once. */
    default void freeing() {}
}
