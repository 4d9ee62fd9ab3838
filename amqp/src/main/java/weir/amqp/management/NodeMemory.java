package weir.amqp.management;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.List;

/**
 * What this node's memory is used for, under the names that RabbitMQ has for the parts of Erlang's: what the heap holds is
 * {@code other_proc}, buffers outside of it are {@code binary}, classes and compiled code are {@code code}, and what the heap has
 * and does not use is {@code allocated_unused}. The others are nothing here, and are there since tools read all of them.
 */
final class NodeMemory {
    private static final List<String> NOTHING_HERE = List.of(
            "connection_readers",
            "connection_writers",
            "connection_channels",
            "connection_other",
            "queue_procs",
            "quorum_queue_procs",
            "quorum_queue_dlx_procs",
            "stream_queue_procs",
            "stream_queue_replica_reader_procs",
            "stream_queue_coordinator_procs",
            "plugins",
            "metadata_store",
            "metrics",
            "mgmt_db",
            "mnesia",
            "quorum_ets",
            "metadata_store_ets",
            "other_ets",
            "msg_index",
            "atom",
            "other_system",
            "reserved_unallocated");

    private NodeMemory() {}

    static Facts now() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long code = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed();
        long buffers = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(each -> each.getName().equals("direct")) // Files that are mapped are the system's memory.
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        Facts facts = new Facts();
        NOTHING_HERE.forEach(name -> facts.with(name, 0));
        long used = heap.getUsed() + buffers + code;
        long allocated = heap.getCommitted() + buffers + code;
        return facts.with("other_proc", heap.getUsed())
                .with("binary", buffers)
                .with("code", code)
                .with("allocated_unused", heap.getCommitted() - heap.getUsed())
                .with("strategy", "allocated")
                .with(
                        "total",
                        new Facts().with("erlang", used).with("rss", allocated).with("allocated", allocated));
    }
}
