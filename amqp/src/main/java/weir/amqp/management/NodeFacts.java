package weir.amqp.management;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import weir.amqp.AmqpSettings.Mechanism;
import weir.amqp.session.Alarms;
import weir.amqp.topology.ExchangeType;
import weir.core.cluster.FreeDisk;

/** What is said of a node, by itself. */
final class NodeFacts {
    private NodeFacts() {}

    /** What others know of it as well. */
    static Facts identity(String name, boolean running) {
        return new Facts()
                .with("name", name)
                .with("type", "disc")
                .with("running", running)
                .with("partitions", List.of())
                .with("being_drained", false);
    }

    /** This one. */
    static Facts own(Management management) {
        Runtime runtime = Runtime.getRuntime();
        long used = runtime.totalMemory() - runtime.freeMemory();
        FreeDisk disk = management.disk().get();
        long files = descriptors(UnixOperatingSystemMXBean::getOpenFileDescriptorCount);
        int sockets = management.sessions().connections().size();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        double[] rates =
                management.changing().perSecond("node", System.nanoTime(), used, disk.bytes(), files, sockets, threads);
        return identity(management.settings().nodeName(), true)
                .with("os_pid", Long.toString(ProcessHandle.current().pid()))
                .with("uptime", ManagementFactory.getRuntimeMXBean().getUptime())
                .with("processors", runtime.availableProcessors())
                .with("run_queue", 0)
                .with("rates_mode", "basic")
                .with("mem_used", used)
                .with("mem_used_details", Rate.of(rates[0]))
                .with("mem_limit", runtime.maxMemory())
                .with("mem_alarm", hasAlarm(management, Alarms.Resource.MEMORY))
                .with("mem_calculation_strategy", "runtime")
                .with("disk_free", disk.bytes())
                .with("disk_free_details", Rate.of(rates[1]))
                .with("disk_free_limit", disk.reserveBytes())
                .with("disk_free_alarm", disk.low() || hasAlarm(management, Alarms.Resource.DISK))
                .with("fd_used", files)
                .with("fd_used_details", Rate.of(rates[2]))
                .with("fd_total", descriptors(UnixOperatingSystemMXBean::getMaxFileDescriptorCount))
                .with("sockets_used", sockets)
                .with("sockets_used_details", Rate.of(rates[3]))
                .with("sockets_total", management.front().settings().connectionsMax())
                .with("proc_used", threads)
                .with("proc_used_details", Rate.of(rates[4]))
                .with("proc_total", Integer.MAX_VALUE)
                .with("gc_num", collections())
                .with("rabbitmq_version", management.front().settings().version())
                .with("erlang_version", "")
                .with("auth_mechanisms", mechanisms(management))
                .with("exchange_types", exchangeTypes())
                .with("applications", applications(management))
                .with("enabled_plugins", List.of("rabbitmq_management"))
                .with("contexts", List.of())
                .with("log_files", List.of())
                .with("config_files", List.of())
                .with("cluster_links", List.of());
    }

    /** Since the process began. */
    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(each -> Math.max(0, each.getCollectionCount()))
                .sum();
    }

    private static boolean hasAlarm(Management management, Alarms.Resource resource) {
        return management.front().alarms().all().contains(resource);
    }

    /** Of files and sockets together; 0 where the system does not say. Tools read it into 32 bits. */
    private static long descriptors(ToLongFunction<UnixOperatingSystemMXBean> which) {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? Math.min(which.applyAsLong(system), Integer.MAX_VALUE)
                : 0;
    }

    private static List<Map<String, Object>> mechanisms(Management management) {
        return management.front().settings().mechanisms().stream()
                .map(Mechanism::name)
                .sorted()
                .map(name -> Map.<String, Object>of("name", name, "enabled", true))
                .toList();
    }

    private static List<Map<String, Object>> exchangeTypes() {
        List<Map<String, Object>> types = new ArrayList<>();
        for (ExchangeType type : ExchangeType.values()) {
            types.add(Map.of("name", type.word(), "enabled", true));
        }
        return types;
    }

    private static List<Map<String, Object>> applications(Management management) {
        String version = management.front().settings().version();
        return List.of(
                Map.of(
                        "name",
                        "rabbit",
                        "description",
                        management.front().settings().product(),
                        "version",
                        version),
                Map.of(
                        "name",
                        "weir",
                        "description",
                        "Weir",
                        "version",
                        management.settings().release()));
    }
}
