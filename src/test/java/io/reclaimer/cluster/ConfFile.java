package io.reclaimer.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import java.io.File;
import java.util.Map;

/** Reader of the files in {@code conf}, with an environment of the test. */
final class ConfFile {

    private ConfFile() {}

    static Config parse(String name, Map<String, String> environment) {
        return ConfigFactory.parseFile(
                        new File("conf", name), ConfigParseOptions.defaults().setAllowMissing(false))
                .resolveWith(ConfigFactory.parseMap(environment));
    }

    /** As text that can stand before other settings. */
    static String settings(String name, Map<String, String> environment) {
        return parse(name, environment)
                .root()
                .render(ConfigRenderOptions.defaults()
                        .setJson(false)
                        .setComments(false)
                        .setOriginComments(false));
    }
}
