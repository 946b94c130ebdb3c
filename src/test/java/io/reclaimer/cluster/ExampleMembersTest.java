package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The settings of {@code conf/member1.conf} to {@code conf/member3.conf}, compared with one another. */
class ExampleMembersTest {

    private static final List<Config> MEMBERS = IntStream.rangeClosed(1, 3)
            .mapToObj(number -> ConfFile.parse("member" + number + ".conf", Map.of()))
            .toList();

    /** A restarted member finds the cluster by one of the others, also the first one. */
    @Test
    void eachMemberIsASeedOfAll() {
        List<String> all = MEMBERS.stream().map(ExampleMembersTest::address).toList();
        assertThat(all).doesNotHaveDuplicates();
        assertThat(MEMBERS)
                .allSatisfy(member -> assertThat(member.getStringList("akka.cluster.seed-nodes"))
                        .isEqualTo(all));
    }

    private static String address(Config member) {
        Config canonical = member.getConfig("akka.remote.artery.canonical");
        return "akka://node@" + canonical.getString("hostname") + ":" + canonical.getInt("port");
    }
}
