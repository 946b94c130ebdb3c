package io.reclaimer.interleavings;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A random scenario, drawn from a seed: shrinkers and cgroups, and the operations of users that run concurrently.
 *
 * @param nodes the number of nodes
 * @param fillers the number of ids that are taken in advance, so that maps have to grow for further ids
 * @param slowClock whether calls take long, so that time slices end within visits
 * @param byRank the strategy by which decisions are drawn, see {@link DecisionStrategy}
 * @param patient whether a user waits for each answer before its next operation
 * @param traced whether visits are traced, so that deferred counts can be checked
 * @param timers the number of timers that may be chosen
 * @param kinds the shrinkers, by number
 * @param setup the operations that run first, one after the other, undisturbed
 * @param users the operations of each user, which runs concurrently with the others
 */
public record Scenario(
        long seed,
        int nodes,
        int fillers,
        boolean slowClock,
        boolean byRank,
        boolean patient,
        boolean traced,
        int timers,
        List<Kind> kinds,
        List<Op> setup,
        List<List<Op>> users) {

    /** The cgroups of all scenarios. The root is number 0. */
    public static final List<String> CGROUPS = List.of("/", "/a", "/a/x", "/b", "/a/x/q");

    private static final int SHRINKERS = 3;

    /** One seed in this number has all shrinkers set their first bits in one cgroup on one node. */
    private static final int MEETINGS_EACH = 16;

    /** The ids of one unit. Fillers take all but one or two of them. */
    private static final int IDS = 64;

    /** How a shrinker is called. */
    public enum Manner {
        PLAIN,
        BLOCKING,
        STAGE
    }

    /** The trouble of some of the calls of a shrinker. */
    public enum Trouble {
        NONE,
        /** Another thread completes the stage, soon. */
        LATER,
        /** The call, or its stage, takes some tens of milliseconds. */
        SLOW,
        /** The call does not return before the users have ended. */
        STUCK,
        /** The call returns, or its stage is completed, after the deadline. */
        OVERDUE,
        /** The call throws, or its stage fails. */
        FAILS,
        /** As {@link #FAILS}, with an {@code Error}. */
        FAILS_WITH_AN_ERROR;

        /** Whether time has to pass until it ends. */
        public boolean takesTime() {
            return this == SLOW || this == STUCK || this == OVERDUE;
        }
    }

    /**
     * The behaviour of a shrinker.
     *
     * @param troubleEach one call in this number is in trouble
     * @param millis the time of a slow call
     * @param inCall whether the call itself takes long, rather than its stage
     * @param reparentFails whether a reparent fails after it has moved the objects
     */
    public record Kind(
            boolean byCgroup,
            boolean byNode,
            int batch,
            int seeks,
            boolean saysZero,
            int stopsEach,
            boolean halves,
            Manner manner,
            Trouble trouble,
            int troubleEach,
            int millis,
            boolean inCall,
            boolean reparentFails) {

        /** Whether a visit at priority 0 frees all of its objects, where none is added meanwhile. */
        public boolean givesAll() {
            return (trouble == Trouble.NONE || trouble == Trouble.LATER) && stopsEach == 0 && !halves && seeks > 0;
        }
    }

    /** Whether calls of a shrinker can take long, so that time has to pass. */
    public boolean takesTime() {
        return kinds.stream().anyMatch(kind -> kind.trouble().takesTime());
    }

    /** Whether an idle visitor serves a request in the middle of the task that sends it, as on a visiting thread. */
    public boolean servesInPlace() {
        return seed / MEETINGS_EACH % 2 == 0;
    }

    public static Scenario ofSeed(long seed) {
        return new Drawn(seed).scenario();
    }

    /** This scenario with other operations. */
    Scenario with(List<Op> newSetup, List<List<Op>> newUsers) {
        return new Scenario(
                seed,
                nodes,
                fillers,
                slowClock,
                byRank,
                patient,
                traced,
                timers,
                kinds,
                List.copyOf(newSetup),
                List.copyOf(newUsers));
    }

    int ops() {
        return setup.size() + users.stream().mapToInt(List::size).sum();
    }

    /** Draws a scenario. Most operations are on one shrinker in one cgroup on one node, so that they interact. */
    private static final class Drawn {
        private final long seed;
        private final SplittableRandom random;
        private final int nodes;
        private final int hotCgroup;
        private final int hotShrinker;
        private final int hotNode;

        /** Whether few users with few operations all use one place, so that most of their steps interact. */
        private final boolean narrow;

        /** One operation in this number is elsewhere. */
        private final int spread;

        /** Whether some shrinkers are not plain, or in trouble. */
        private final boolean troubled;

        /** Whether users only add objects while a round finds bits whose objects are gone, and counts a second time. */
        private final boolean looksTwice;

        /** Whether users only set the first bits of all shrinkers in one place at the same time. */
        private final boolean meets;

        private int rounds;

        Drawn(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
            this.nodes = 1 + random.nextInt(2);
            this.hotCgroup = 1 + random.nextInt(CGROUPS.size() - 1);
            this.hotShrinker = random.nextInt(SHRINKERS);
            this.hotNode = random.nextInt(nodes);
            this.narrow = oneIn(2);
            this.spread = narrow ? 50 : 2 + random.nextInt(8);
            this.troubled = oneIn(3);
            this.looksTwice = troubled && oneIn(4);
            this.meets = !troubled && seed % MEETINGS_EACH == 0;
        }

        Scenario scenario() {
            int fillers = oneIn(5) ? IDS - 1 - random.nextInt(2) : 0;
            List<Kind> kinds = new ArrayList<>();
            for (int i = 0; i < SHRINKERS; i++) {
                kinds.add(kind(i == hotShrinker));
            }
            return new Scenario(
                    seed,
                    nodes,
                    fillers,
                    oneIn(4),
                    oneIn(2),
                    oneIn(2),
                    oneIn(2),
                    oneIn(3) ? 0 : 1 + random.nextInt(12),
                    kinds,
                    setup(),
                    users());
        }

        private boolean oneIn(int n) {
            return random.nextInt(n) == 0;
        }

        private Kind kind(boolean isHot) {
            Manner manner = Manner.PLAIN;
            Trouble trouble = Trouble.NONE;
            if (troubled && (isHot || oneIn(3))) {
                manner = Manner.values()[random.nextInt(Manner.values().length)];
                trouble = Trouble.values()[random.nextInt(Trouble.values().length)];
            }
            if (looksTwice && isHot) {
                manner = oneIn(4) ? Manner.BLOCKING : Manner.STAGE;
                trouble = oneIn(2) ? Trouble.LATER : trouble;
            }
            int batch = oneIn(3) ? 0 : 2 + random.nextInt(6);
            return new Kind(
                    !oneIn(20),
                    !oneIn(3),
                    batch,
                    oneIn(12) ? 0 : 2,
                    oneIn(10),
                    oneIn(10) ? 2 + random.nextInt(3) : 0,
                    oneIn(12),
                    manner,
                    trouble,
                    oneIn(2) ? 1 : 2 + random.nextInt(3),
                    8 + random.nextInt(50),
                    oneIn(2),
                    troubled && oneIn(4));
        }

        private int cgroup() {
            return oneIn(spread) ? 1 + random.nextInt(CGROUPS.size() - 1) : hotCgroup;
        }

        private int shrinker() {
            return oneIn(spread) ? random.nextInt(SHRINKERS) : hotShrinker;
        }

        private int node() {
            // A shrinker that is not NUMA aware is visited on all nodes.
            return oneIn(spread) || oneIn(6) ? random.nextInt(nodes) : hotNode;
        }

        private List<Op> setup() {
            List<Op> ops = new ArrayList<>();
            String hot = CGROUPS.get(hotCgroup);
            for (int i = 1; i < CGROUPS.size(); i++) {
                // Mostly the place is a leaf: only a leaf can go offline.
                if (hot.startsWith(CGROUPS.get(i)) || oneIn(narrow ? 8 : 3)) {
                    ops.add(new Op.Online(i));
                }
            }
            for (int i = 0; i < SHRINKERS; i++) {
                if (meets || (i == hotShrinker ? !oneIn(8) : oneIn(narrow ? 6 : 2))) {
                    ops.add(new Op.Allocate(i));
                    if (!oneIn(8)) {
                        ops.add(new Op.Register(i));
                    }
                }
            }
            for (int i = random.nextInt(narrow ? 3 : 4); i > 0; i--) {
                ops.add(put());
            }
            if (looksTwice || oneIn(3)) {
                // The objects are freed, and their bits stay set.
                ops.add(new Op.Put(hotShrinker, hotCgroup, hotNode, 1 + random.nextInt(20)));
                ops.add(new Op.Round(rounds++, 0, -1, 0, 0, 60));
            } else if (oneIn(3)) {
                ops.add(round());
            }
            if (oneIn(4)) {
                addWait(ops);
            }
            return ops;
        }

        private List<List<Op>> users() {
            List<List<Op>> users = new ArrayList<>();
            if (meets) {
                for (int i = 0; i < SHRINKERS; i++) {
                    users.add(List.of(new Op.Put(i, hotCgroup, hotNode, 1 + random.nextInt(20))));
                }
                users.add(List.of(round()));
                return users;
            }
            if (looksTwice) {
                Op.Put put = new Op.Put(hotShrinker, hotCgroup, hotNode, 1 + random.nextInt(20));
                users.add(List.of(new Op.Round(rounds++, 0, -1, oneIn(2) ? 0 : random.nextInt(13), 0, 60)));
                users.add(List.of(put));
                users.add(List.of(put));
                return users;
            }
            for (int i = narrow ? 2 + random.nextInt(2) : 1 + random.nextInt(3); i > 0; i--) {
                List<Op> ops = new ArrayList<>();
                for (int j = 1 + random.nextInt(narrow ? 2 : 4); j > 0; j--) {
                    addOps(ops);
                }
                users.add(ops);
            }
            return users;
        }

        private void addOps(List<Op> ops) {
            int what = random.nextInt(100);
            if (what < 32) {
                ops.add(put());
            } else if (what < 64) {
                ops.add(round());
            } else if (what < 76) {
                ops.add(new Op.Offline(cgroup()));
            } else if (what < 79) {
                ops.add(new Op.Online(cgroup()));
            } else if (what < 87) {
                ops.add(new Op.Free(shrinker()));
            } else if (what < 91) {
                // The freed id is handed out again.
                int shrinker = shrinker();
                ops.add(new Op.Free(shrinker));
                ops.add(new Op.Allocate(shrinker));
                ops.add(new Op.Register(shrinker));
                ops.add(put());
            } else if (what < 93) {
                ops.add(new Op.Allocate(shrinker()));
            } else if (what < 96) {
                ops.add(new Op.Register(shrinker()));
            } else if (what < 98) {
                addWait(ops);
            } else {
                ops.add(new Op.Cancel(random.nextInt(Math.max(1, rounds))));
            }
        }

        private void addWait(List<Op> ops) {
            for (int i = random.nextInt(10); i >= 0; i--) {
                ops.add(new Op.Wait());
            }
        }

        private Op put() {
            int objects = oneIn(5) ? 100 + random.nextInt(200) : 1 + random.nextInt(20);
            return new Op.Put(shrinker(), oneIn(8) ? 0 : cgroup(), node(), objects);
        }

        private Op round() {
            int node = oneIn(2) ? -1 : node();
            int priority = oneIn(2) ? 0 : oneIn(2) ? 1 + random.nextInt(3) : random.nextInt(13);
            int target = oneIn(2) ? 0 : 1 + random.nextInt(12);
            int top = oneIn(2) ? 0 : cgroup();
            return new Op.Round(rounds++, top, node, priority, target, 1 + random.nextInt(60));
        }
    }
}
