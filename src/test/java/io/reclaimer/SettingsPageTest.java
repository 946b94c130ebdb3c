package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page about settings lists the settings of {@code reference.conf} with their defaults. */
class SettingsPageTest {

    private static final Pattern ROW = Pattern.compile("^\\| `([a-z.-]+)` \\| `(.+?)` \\| .+ \\|$", Pattern.MULTILINE);

    @Test
    void pageHasEachSettingWithItsDefault() {
        Map<String, Object> shown = new TreeMap<>();
        ROW.matcher(Documents.page("settings.md"))
                .results()
                .forEach(row -> shown.put(
                        row.group(1),
                        ConfigFactory.parseString("value = " + row.group(2))
                                .getValue("value")
                                .unwrapped()));
        Map<String, Object> defaults = new TreeMap<>();
        Config reference = ConfigFactory.parseFile(new File("src/main/resources/reference.conf"))
                .getConfig("reclaimer");
        reference.entrySet().stream()
                .filter(setting ->
                        !ConfigUtil.splitPath(setting.getKey()).get(0).endsWith("-dispatcher"))
                .forEach(setting ->
                        defaults.put(setting.getKey(), setting.getValue().unwrapped()));
        assertThat(shown).isEqualTo(defaults);
    }
}
