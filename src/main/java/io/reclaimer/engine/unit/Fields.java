package io.reclaimer.engine.unit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Access to fields for atomic steps that allocate nothing. Thread-safe. */
public final class Fields {

    private Fields() {}

    /** Returns the handle of a field; to be kept in a static final field, so that its use costs nothing. */
    public static VarHandle handle(MethodHandles.Lookup lookup, Class<?> owner, String field, Class<?> type) {
        try {
            return lookup.findVarHandle(owner, field, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
