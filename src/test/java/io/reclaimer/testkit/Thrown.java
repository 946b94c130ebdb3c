package io.reclaimer.testkit;

import java.util.function.Supplier;

/** Exceptions and errors of user code, the worst kinds. Each may end the call that throws it, and nothing else. */
public enum Thrown {
    OUT_OF_MEMORY(() -> new OutOfMemoryError("Java heap space")),
    OUT_OF_DIRECT_BUFFERS(() -> new OutOfMemoryError("Cannot reserve 4194304 bytes of direct buffer memory")),
    LINKAGE(() -> new NoClassDefFoundError("gone/Class")),
    STACK_OVERFLOW(StackOverflowError::new),
    INTERRUPTED(() -> new InterruptedException("sneaked out")),
    UNKNOWN_ERROR(UnknownError::new),
    WITHOUT_A_MESSAGE(IllegalStateException::new),
    WHOSE_TO_STRING_THROWS(() -> new RuntimeException() {
        private static final long serialVersionUID = 1;

        @Override
        public String toString() {
            throw new IllegalStateException("broken toString");
        }
    }),
    WHOSE_TO_STRING_IS_NULL(() -> new RuntimeException() {
        private static final long serialVersionUID = 1;

        @Override
        @SuppressWarnings("NullAway") // it is wrong on purpose
        public String toString() {
            return null;
        }
    }),
    WHOSE_MESSAGE_THROWS_AN_ERROR(() -> new RuntimeException() {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new StackOverflowError("broken getMessage");
        }
    });

    /** An error of a class that no code has a case for. */
    private static final class UnknownError extends Error {
        private static final long serialVersionUID = 1;
    }

    private final Supplier<Throwable> make;

    Thrown(Supplier<Throwable> make) {
        this.make = make;
    }

    public Throwable make() {
        return make.get();
    }

    /** Throws it, checked or not. */
    public <T> T raise() {
        throw Thrown.<RuntimeException>asIs(make());
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // erased: nothing is cast at run time
    private static <T extends Throwable> T asIs(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
