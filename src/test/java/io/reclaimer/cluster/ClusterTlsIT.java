package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Members.One;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Two members with {@code conf/tls.conf}, and others that try to join them. */
class ClusterTlsIT {

    /** The number of failed connections after which further ones are taken to fail, too. */
    private static final int REFUSALS = 3;

    private static final long OBJECTS = 10_000;

    /** Logs failed connections at DEBUG, as Akka does after the first one, and retries soon. */
    private static final String SETTINGS = """
        akka.loglevel = DEBUG
        akka.remote.artery.advanced.outbound-restart-backoff = 100 ms
        """;

    private static Keys keys;
    private static Keys foreignKeys;

    private final Logger streams = (Logger) LoggerFactory.getLogger("akka.stream.Materializer");
    private final Queue<String> endedConnections = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            endedConnections.add(event.getFormattedMessage());
        }
    };

    private final List<One> all = new ArrayList<>();
    private List<One> members;

    @BeforeAll
    static void makeKeys(@TempDir Path directory) throws Exception {
        keys = Keys.in(directory.resolve("ca"))
                .member("one", "ip:127.0.0.1")
                .member("two", "ip:127.0.0.1")
                .member("elsewhere", "dns:elsewhere.example");
        foreignKeys = Keys.in(directory.resolve("foreign-ca")).member("stranger", "ip:127.0.0.1");
    }

    @BeforeEach
    void start() {
        appender.setContext(streams.getLoggerContext());
        appender.start();
        streams.addAppender(appender);
        streams.setLevel(Level.DEBUG);
        join(keys.settings("one", keys));
        join(keys.settings("two", keys));
        members = List.copyOf(all);
        Members.awaitAll(members);
    }

    @AfterEach
    void stop() {
        try {
            all.forEach(one -> one.kit.check());
        } finally {
            all.parallelStream().forEach(one -> one.kit.stop());
            streams.detachAppender(appender);
            streams.setLevel(null);
        }
    }

    @Test
    void roundFreesOnAllMembers() {
        checkRoundIsOverMembersAlone();
    }

    /** The new member trusts the others, which do not trust it. */
    @Test
    void memberWithACertificateThatOthersDoNotTrustCannotJoin() {
        One stranger = join(foreignKeys.settings("stranger", keys));
        awaitRefusals(stranger, members.get(0), "SSLHandshakeException", "certificate_unknown");
        checkIsNoMember(stranger);
    }

    @Test
    void memberWithoutTlsCannotJoin() {
        One stranger = join("akka.remote.artery.transport = tcp");
        awaitRefusals(stranger, members.get(0), "Upstream finished");
        checkIsNoMember(stranger);
    }

    /** The members that would answer notice it. */
    @Test
    void memberWhoseCertificateNamesAnotherHostCannotJoin() {
        One stranger = join(keys.settings("elsewhere", keys));
        awaitRefusals(members.get(0), stranger, "SSLHandshakeException", "No subject alternative names matching");
        checkIsNoMember(stranger);
    }

    private One join(String settings) {
        One one = new One(
                ReclaimerTestSystem.start(SETTINGS + "\n" + settings + "\n" + Members.CONFIG),
                ClusterMember.Interceptors.NONE);
        all.add(one);
        Cluster.get(one.kit.system())
                .manager()
                .tell(Join.create(
                        Cluster.get(all.get(0).kit.system()).selfMember().address()));
        return one;
    }

    private void awaitRefusals(One from, One to, String... reasons) {
        String connection = "[outbound connection to [akka://reclaimer-test@" + to.name() + "], control stream]";
        Threads.until(
                () -> endedConnections.stream()
                                .filter(message -> message.startsWith(connection)
                                        && List.of(reasons).stream().allMatch(message::contains))
                                .count()
                        >= REFUSALS,
                () -> "from " + from.name() + " to " + to.name() + ": " + endedConnections);
    }

    private void checkIsNoMember(One stranger) {
        TableShrinker cache = stranger.cache("/shop", OBJECTS);
        checkRoundIsOverMembersAlone();
        assertThat(cache.objects()).isEqualTo(OBJECTS);
        assertThat(stranger.state().present()).containsExactly(stranger.name());
        assertThat(Cluster.get(stranger.kit.system()).state().getMembers()).isEmpty();
    }

    /** Checks that a round frees on both members, and that they know no others. */
    private void checkRoundIsOverMembersAlone() {
        List<TableShrinker> caches =
                members.stream().map(member -> member.cache("/shop", OBJECTS)).toList();
        ClusterReport report =
                members.get(0).reclaim(ReclaimRequest.in("/shop").objects(6_000).within(Duration.ofSeconds(30)));
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(report.members())
                .extracting(ClusterReport.Member::member)
                .containsExactlyInAnyOrderElementsOf(
                        members.stream().map(One::name).toList());
        for (int i = 0; i < members.size(); i++) {
            String name = members.get(i).name();
            ClusterReport.Member part = Members.part(report, name);
            assertThat(part.outcome()).isEqualTo(MemberOutcome.DONE);
            assertThat(part.freedObjects())
                    .isPositive()
                    .isEqualTo(OBJECTS - caches.get(i).objects());
        }
        List<String> names = members.stream().map(One::name).sorted().toList();
        for (One member : members) {
            assertThat(member.state().present()).isEqualTo(names);
            assertThat(Cluster.get(member.kit.system()).state().getMembers()).hasSize(members.size());
        }
    }
}
