package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** References of actors to whom something happens in the moment before they are told something. */
final class Tells {

    private Tells() {}

    /** Runs {@code before} in the sender's thread, then tells {@code to}. */
    @SuppressWarnings("unchecked")
    static <T> ActorRef<T> first(ActorRef<T> to, Runnable before) {
        return (ActorRef<T>) Proxy.newProxyInstance(
                ActorRef.class.getClassLoader(), new Class<?>[] {ActorRef.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("tell")) {
                        before.run();
                    }
                    try {
                        return method.invoke(to, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
