package io.reclaimer.bench;

import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import java.util.List;
import java.util.function.Supplier;

/**
 * Shrinkers of eight classes, so that no call to one can be devirtualised, as it can't in an application. Each counts
 * {@link #OBJECTS} in any cgroup and none on the root, and frees what it is asked for.
 */
final class EightShrinkers {

    static final long OBJECTS = 1024;

    private static final List<Supplier<Shrinker>> CLASSES =
            List.of(A::new, B::new, C::new, D::new, E::new, F::new, G::new, H::new);

    private EightShrinkers() {}

    /** One of the classes, in turn. */
    static Shrinker get(int index) {
        return CLASSES.get(index % CLASSES.size()).get();
    }

    private static long count(ShrinkControl control) {
        return control.cgroup().isRoot() ? Shrinker.EMPTY : OBJECTS;
    }

    private static final class A implements Shrinker {
        @Override
        public long count(ShrinkControl control) {
            return EightShrinkers.count(control);
        }

        @Override
        public long scan(ShrinkControl control) {
            return control.nrToScan();
        }
    }

    private static final class B implements Shrinker {
        @Override
        public long count(ShrinkControl control) {
            return EightShrinkers.count(control);
        }

        @Override
        public long scan(ShrinkControl control) {
            return control.nrToScan();
        }
    }

    private static final class C implements Shrinker {
        @Override
        public long count(ShrinkControl control) {
            return EightShrinkers.count(control);
        }

        @Override
        public long scan(ShrinkControl control) {
            return control.nrToScan();
        }
    }

    private static final class D implements Shrinker {
        @Override
        public long count(ShrinkControl control) {
            return EightShrinkers.count(control);
        }

        @Override
        public long scan(ShrinkControl control) {
            return control.nrToScan();
        }
    }

    private static final class E implements Shrinker {
        @Override
        public long count(ShrinkControl control) {
            return EightShrinkers.count(control);
        }

        @Override
        public long scan(ShrinkControl control) {
            return control.nrToScan();
        }
    }

    private static final class F implements Shrinker {
        @Override
        public long count(ShrinkControl control) {
            return EightShrinkers.count(control);
        }

        @Override
        public long scan(ShrinkControl control) {
            return control.nrToScan();
        }
    }

    private static final class G implements Shrinker {
        @Override
        public long count(ShrinkControl control) {
            return EightShrinkers.count(control);
        }

        @Override
        public long scan(ShrinkControl control) {
            return control.nrToScan();
        }
    }

    private static final class H implements Shrinker {
        @Override
        public long count(ShrinkControl control) {
            return EightShrinkers.count(control);
        }

        @Override
        public long scan(ShrinkControl control) {
            return control.nrToScan();
        }
    }
}
