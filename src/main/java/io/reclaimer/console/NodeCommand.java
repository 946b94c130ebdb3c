package io.reclaimer.console;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.ReclaimerSettings;
import io.reclaimer.adapter.DirectBufferPool;
import io.reclaimer.cluster.ClusterReclaimer;
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

/** The command line: checks all there is to check, then runs a {@link NodeProgram}. */
@Command(
        name = "reclaimer",
        description = {
            "Runs a node: three tenants, whose load is too much for the heap, and the reclaimer that keeps it alive.",
            ""
        },
        customSynopsis = "mvn -q compile exec:exec [-Dreclaimer.heap=256m] [-Dreclaimer.args=\"OPTIONS\"]",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands (each with its own --help):%n",
        footer = {
            "",
            "Ends by itself after --run-for, or by Ctrl-C; prints a summary whose last line is JSON.",
            "Exit codes: 0 ended as asked, 2 wrong option, file or setting, 3 out of memory.",
            "Settings: conf/application.conf"
        },
        sortOptions = false,
        versionProvider = NodeCommand.Version.class)
final class NodeCommand implements Callable<Integer> {

    /** About 0.9 GB a tenant, pages and sessions together. */
    private static final long ZIPF_KEYS = 200_000;

    private static final double ZIPF_EXPONENT = 0.9;

    @Option(
            names = "--run-for",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "Ends after that long: 500ms, 20s, 10m, 1h. Default: runs until Ctrl-C.")
    private @Nullable Duration runFor;

    @Option(
            names = "--reclaim",
            paramLabel = "on|off",
            converter = OnOffConverter.class,
            description = "Off: the same load without the reclaimer, which ends out of memory. Default: on.")
    private OnOff reclaim = OnOff.ON;

    @Option(
            names = "--trace",
            paramLabel = "TENANT=FILE.gz",
            description = "The tenant's keys come from that file (gzip, one decimal number a line), over and over. "
                    + "Tenants: /shop/web, /shop/orm, /batch, or web, orm, batch. May be given for each. "
                    + "Default: keys by Zipf's law.")
    private List<String> traces = new ArrayList<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings of this node, before those of conf/application.conf. With conf/member1.conf to "
                    + "conf/member3.conf it is a member of a cluster on this machine.")
    private @Nullable String configFile;

    @Option(
            names = "--cluster",
            description = "Starts these three members, each in a process of its own, and prints what they print.")
    private boolean cluster;

    @Option(
            names = "--seed",
            paramLabel = "N",
            converter = SeedConverter.class,
            description = "Where the random numbers start: a whole number. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--help", usageHelp = true, description = "Prints this.")
    @SuppressWarnings("UnusedVariable") // picocli acts on the option being there
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Prints the version.")
    @SuppressWarnings("UnusedVariable") // as above
    private boolean version;

    /** @return the exit code */
    @Override
    public Integer call() throws InterruptedException {
        Options options;
        Config config;
        try {
            if (cluster) {
                return ClusterProgram.run(memberOptions());
            }
            // As load() does, with more layers: the node's file, the operator's, the node's defaults, the library's.
            config = ConfigFactory.load(
                    ownFile().withFallback(ConfigFactory.defaultApplication()).withFallback(NodeProgram.DEFAULTS));
            options = new Options(Optional.ofNullable(runFor), reclaim == OnOff.ON, Pace.of(config), loads());
            check(ReclaimerSettings.from(config));
            HeapPressureSettings.of(config);
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

    /** What of the command line is for each of the three. */
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
        if (!settings.cgroupsEnabled()) {
            throw new IllegalArgumentException(
                    "reclaimer.cgroups-enabled is [off] but a node has tenants; allowed is on");
        }
        List<String> nodes = settings.nodes();
        if (!nodes.get(0).equals(HeapPressure.NODE) || !nodes.contains(DirectBufferPool.NODE)) {
            throw new IllegalArgumentException("reclaimer.nodes is " + nodes + " but the caches of a node are on ["
                    + HeapPressure.NODE + "], its buffers on [" + DirectBufferPool.NODE
                    + "]; allowed is both, the former first, as by default");
        }
    }

    /** One line on standard error. */
    static int usageError(String message) {
        System.err.println("reclaimer: " + message.replaceAll("\\s*\\R\\s*", " "));
        return Main.USAGE;
    }

    private List<Options.Load> loads() {
        Map<Tenant, TraceFile> files = traceFiles();
        SplittableRandom random = new SplittableRandom(seed);
        List<Options.Load> loads = new ArrayList<>();
        for (Tenant tenant : Tenant.values()) {
            Zipf zipf = new Zipf(ZIPF_KEYS, ZIPF_EXPONENT, random.split());
            TraceFile file = files.get(tenant);
            loads.add(new Options.Load(tenant, file == null ? zipf : file));
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

    static final class DurationConverter implements CommandLine.ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(e.getMessage());
            }
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

    /** Not a boolean: picocli takes those for options without a value. */
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

    /** From the jar's manifest; classes that are run from a build folder have none. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "reclaimer "
                        + Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                                .orElse("(built from source)")
            };
        }
    }
}
