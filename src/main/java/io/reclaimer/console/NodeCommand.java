package io.reclaimer.console;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.ReclaimerSettings;
import io.reclaimer.adapter.DirectBufferPool;
import io.reclaimer.budget.Budgets;
import io.reclaimer.cluster.ClusterReclaimer;
import io.reclaimer.console.demo.Pace;
import io.reclaimer.console.demo.Tenant;
import io.reclaimer.console.demo.TraceFile;
import io.reclaimer.console.demo.Workload;
import io.reclaimer.console.demo.Zipf;
import io.reclaimer.pressure.HeapPressure;
import io.reclaimer.pressure.HeapPressureSettings;
import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command of the program: checks options and settings, then runs a {@link NodeProgram}. */
@Command(
        name = "reclaimer",
        description = {
            "Runs a node: three tenants whose data exceed the heap, and the reclaimer that keeps the node alive.",
            ""
        },
        customSynopsis = {
            "java -Xmx256m -jar reclaimer-VERSION-node.jar [OPTIONS]",
            "  or  mvn -q compile exec:exec [-Dreclaimer.heap=256m] [-Dreclaimer.args=\"OPTIONS\"]"
        },
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands (each with its own --help):%n",
        footer = {
            "",
            "Ends after --run-for or by Ctrl-C, and prints a summary whose last line is JSON.",
            "Exit codes: 0 normal end, 1 fault of the node, 2 invalid option, file or setting, 3 out of memory.",
            "Settings: conf/application.conf"
        },
        sortOptions = false,
        versionProvider = NodeCommand.ManifestVersion.class)
final class NodeCommand implements Callable<Integer> {

    /** About 0.9 GB per tenant, pages and sessions together. */
    private static final long ZIPF_KEYS = 200_000;

    private static final double ZIPF_EXPONENT = 0.9;

    @Option(
            names = "--run-for",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "The duration of the run: 500ms, 20s, 10m, 1h. Default: until Ctrl-C.")
    private @Nullable Duration runFor;

    @Option(
            names = "--reclaim",
            paramLabel = "on|off",
            converter = OnOffConverter.class,
            description = "Off runs the same load without the reclaimer, until the heap is full. Default: on.")
    private OnOff reclaim = OnOff.ON;

    @Option(
            names = "--trace",
            paramLabel = "TENANT=FILE.gz",
            description = "Takes the tenant's keys from a file (gzip, one decimal number a line), repeatedly. "
                    + "Tenants: /shop/web, /shop/orm, /batch, or web, orm, batch. Once for each tenant. "
                    + "Default: keys by Zipf's law.")
    private List<String> traces = new ArrayList<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings of this node; they override conf/application.conf. conf/member1.conf to "
                    + "conf/member3.conf make it a member of a cluster on this machine.")
    private @Nullable String configFile;

    @Option(
            names = "--cluster",
            description = "Starts those three members, each in a process of its own, and prints their output.")
    private boolean cluster;

    @Option(
            names = "--seed",
            paramLabel = "N",
            converter = SeedConverter.class,
            description = "The seed of the random keys: a whole number. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--help", usageHelp = true, description = "Prints this help.")
    @SuppressWarnings("UnusedVariable") // picocli acts on its presence
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Prints the version of the program.")
    @SuppressWarnings("UnusedVariable") // as above
    private boolean version;

    /** @return the exit code */
    @Override
    public Integer call() throws InterruptedException {
        NodeOptions options;
        Config config;
        try {
            if (cluster) {
                return ClusterProgram.run(memberOptions());
            }
            // Like ConfigFactory.load(), with more layers: the node's file, then the operator's, then the program's.
            config = ConfigFactory.load(
                    ownFile().withFallback(ConfigFactory.defaultApplication()).withFallback(Workload.DEFAULTS));
            options = new NodeOptions(Optional.ofNullable(runFor), reclaim == OnOff.ON, Pace.of(config), loads());
            check(ReclaimerSettings.from(config));
            HeapPressureSettings.of(config);
            Budgets.check(config);
            if (NodeProgram.isMember(config)) {
                checkMember(config);
            }
        } catch (IllegalArgumentException e) {
            return usageError(String.valueOf(e.getMessage()));
        } catch (ConfigException e) {
            return usageError("the configuration can't be read: " + e.getMessage());
        }
        return NodeProgram.run(options, config);
    }

    private Config ownFile() {
        if (configFile == null) {
            return ConfigFactory.empty();
        }
        File file = path("--config", configFile).toFile();
        if (!file.isFile()) {
            throw new IllegalArgumentException("--config [" + configFile + "]: there is no such file");
        }
        return ConfigFactory.parseFile(file);
    }

    /** Returns the options that are passed on to each member. */
    private List<String> memberOptions() {
        if (configFile != null || reclaim == OnOff.OFF || !traces.isEmpty()) {
            throw new IllegalArgumentException(
                    "--cluster is not allowed with --config, --reclaim off or --trace; allowed are --run-for and --seed");
        }
        List<String> options = new ArrayList<>(List.of("--seed", Long.toString(seed)));
        if (runFor != null) {
            options.addAll(List.of("--run-for", runFor.toMillis() + "ms"));
        }
        return options;
    }

    private void checkMember(Config config) {
        if (reclaim == OnOff.OFF) {
            throw new IllegalArgumentException("--reclaim [off] is not allowed for a member of a cluster");
        }
        ClusterReclaimer.check(config);
    }

    private static void check(ReclaimerSettings settings) {
        if (!settings.isCgroupsEnabled()) {
            throw new IllegalArgumentException(
                    "reclaimer.cgroups-enabled is [off] but the node needs cgroups for its tenants; allowed is on");
        }
        List<String> nodes = settings.nodes();
        if (!nodes.get(0).equals(HeapPressure.NODE) || !nodes.contains(DirectBufferPool.NODE)) {
            throw new IllegalArgumentException("reclaimer.nodes is " + nodes + " but the caches of a node are on ["
                    + HeapPressure.NODE + "], its buffers on [" + DirectBufferPool.NODE
                    + "]; allowed is both, the former first, as by default");
        }
    }

    /** Prints one line on standard error. */
    static int usageError(String message) {
        System.err.println("reclaimer: " + message.replaceAll("\\s*\\R\\s*", " "));
        return Main.USAGE;
    }

    private List<NodeOptions.Load> loads() {
        Map<Tenant, TraceFile> files = traceFiles();
        SplittableRandom random = new SplittableRandom(seed);
        List<NodeOptions.Load> loads = new ArrayList<>();
        for (Tenant tenant : Tenant.values()) {
            Zipf zipf = new Zipf(ZIPF_KEYS, ZIPF_EXPONENT, random.split());
            TraceFile file = files.get(tenant);
            loads.add(new NodeOptions.Load(tenant, file == null ? zipf : file));
        }
        return loads;
    }

    private Map<Tenant, TraceFile> traceFiles() {
        Map<Tenant, TraceFile> files = new EnumMap<>(Tenant.class);
        for (String trace : traces) {
            int equals = trace.indexOf('=');
            if (equals < 1 || equals == trace.length() - 1) {
                throw new IllegalArgumentException(
                        "--trace [" + trace + "] is not allowed; allowed is TENANT=FILE.gz, as in web=web07.gz");
            }
            Tenant tenant = tenant(trace, trace.substring(0, equals));
            if (files.put(tenant, TraceFile.read(path("trace file", trace.substring(equals + 1)))) != null) {
                throw new IllegalArgumentException(
                        "--trace is given twice for [" + tenant.path() + "]; allowed is once for each tenant");
            }
        }
        return files;
    }

    private static Tenant tenant(String trace, String name) {
        try {
            return Tenant.of(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--trace [" + trace + "]: " + e.getMessage(), e);
        }
    }

    private static Path path(String option, String file) {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(option + " [" + file + "]: that is no name of a file", e);
        }
    }

    static final class SeedConverter implements CommandLine.ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw new CommandLine.TypeConversionException(
                        "[" + text + "] is not allowed; allowed is a whole number of up to 18 digits");
            }
        }
    }

    /** An enum, because picocli gives boolean options no value. */
    private enum OnOff {
        ON,
        OFF
    }

    static final class OnOffConverter implements CommandLine.ITypeConverter<OnOff> {
        @Override
        public OnOff convert(String text) {
            return switch (text) {
                case "on" -> OnOff.ON;
                case "off" -> OnOff.OFF;
                default ->
                    throw new CommandLine.TypeConversionException(
                            "[" + text + "] is not allowed; allowed is on or off");
            };
        }
    }

    /** Reads the version from the jar's manifest. Class folders have none. */
    static final class ManifestVersion implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            Optional<String> version =
                    Optional.ofNullable(Main.class.getPackage().getImplementationVersion());
            return new String[] {"reclaimer " + version.orElse("development")};
        }
    }
}
