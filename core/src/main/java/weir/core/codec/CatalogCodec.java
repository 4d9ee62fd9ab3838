package weir.core.codec;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import weir.core.Bytes;
import weir.core.Edition;
import weir.core.Limits;
import weir.core.QueueSettings;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogEntry;
import weir.core.catalog.CatalogSnapshot;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;

/** The catalog's log entries, built as those of {@link EntryCodec}, and its snapshot. Each begins with its version. */
public final class CatalogCodec {
    private static final int ENTRY_VERSION = 1;
    /** Of a catalog in which a queue has several partitions; else it is written so that an older release can read it. */
    private static final int SNAPSHOT_WITH_PARTITIONS = 3;

    private static final int SNAPSHOT_VERSION = 2;
    private static final int SNAPSHOT_WITHOUT_DEFINITIONS = 1;

    private static final int CREATE_QUEUE = 1;
    private static final int UPDATE_QUEUE = 2;
    private static final int DELETE_QUEUE = 3;
    private static final int CREATE_QUEUE_AFTER_REST = 4;
    private static final int DEFINE = 5;
    private static final int UNDEFINE = 6;
    private static final int CREATE_PARTITIONED_QUEUE = 7;
    private static final int DELETE_QUEUE_OF_ID = 8;

    private static final int COMMAND_BYTES_MIN = 3;
    private static final int LABEL_BYTES_MIN = 2;
    private static final int QUEUE_BYTES_MIN = 20;
    private static final int NAME_BYTES_MIN = 2;
    private static final int DEFINITION_BYTES_MIN = 7;

    private static final int COMMAND_BYTES_USUAL = 256;
    private static final int QUEUE_BYTES_USUAL = 128;

    private CatalogCodec() {}

    public static Bytes encode(long atMillis, List<CatalogCommand> commands) {
        Writer out = new Writer(COMMAND_BYTES_USUAL * (1 + commands.size()));
        out.u8(ENTRY_VERSION).i64(atMillis);
        Lists.write(out, commands, CatalogCodec::write);
        return out.bytes();
    }

    /** @throws CorruptDataException if the bytes cannot be an entry of the catalog */
    public static CatalogEntry decode(long index, Bytes bytes) {
        return Decoding.whole("catalog entry", new Reader(bytes), in -> {
            Decoding.version("catalog entry", in, ENTRY_VERSION);
            return new CatalogEntry(index, in.i64(), Lists.read(in, COMMAND_BYTES_MIN, CatalogCodec::command));
        });
    }

    public static Bytes encode(CatalogSnapshot snapshot) {
        Writer out = new Writer(QUEUE_BYTES_USUAL * (1 + snapshot.queues().size()));
        boolean partitioned = snapshot.queues().stream().anyMatch(queue -> queue.partitions() > 1);
        out.u8(partitioned ? SNAPSHOT_WITH_PARTITIONS : SNAPSHOT_VERSION)
                .varint(snapshot.shards())
                .varint(snapshot.appliedIndex())
                .varint(snapshot.clockMillis())
                .varint(snapshot.lastId());
        Lists.write(
                out,
                snapshot.queues(),
                partitioned ? CatalogCodec::writePartitioned : CatalogCodec::writeUnpartitioned);
        Lists.write(out, snapshot.atRest(), (to, name) -> to.text(name.name()).varint(name.sinceMillis()));
        Lists.write(out, snapshot.definitions(), CatalogCodec::write);
        return out.bytes();
    }

    /** @throws CorruptDataException if the bytes cannot be a snapshot of the catalog */
    public static CatalogSnapshot decodeSnapshot(Bytes bytes) {
        return Decoding.whole("catalog snapshot", new Reader(bytes), in -> {
            int version = in.u8();
            if (version < SNAPSHOT_WITHOUT_DEFINITIONS || version > SNAPSHOT_WITH_PARTITIONS) {
                throw Decoding.unknownVersion("catalog snapshot", version);
            }
            boolean partitioned = version == SNAPSHOT_WITH_PARTITIONS;
            boolean whole = version != SNAPSHOT_WITHOUT_DEFINITIONS;
            return new CatalogSnapshot(
                    in.count(Integer.MAX_VALUE),
                    in.varint(),
                    in.varint(),
                    in.varint(),
                    Lists.read(
                            in,
                            QUEUE_BYTES_MIN,
                            partitioned ? CatalogCodec::partitionedQueue : CatalogCodec::unpartitionedQueue),
                    whole ? Lists.read(in, NAME_BYTES_MIN, CatalogCodec::nameAtRest) : List.of(),
                    whole ? Lists.read(in, DEFINITION_BYTES_MIN, CatalogCodec::definition) : List.of());
        });
    }

    private static void write(Writer out, CatalogCommand command) {
        switch (command) {
            case CatalogCommand.CreateQueue(
                    String name,
                    QueueSettings settings,
                    SortedMap<String, String> labels,
                    long restMillis,
                    int partitions) -> {
                int tag = partitions > 1
                        ? CREATE_PARTITIONED_QUEUE
                        : restMillis == 0 ? CREATE_QUEUE : CREATE_QUEUE_AFTER_REST;
                SettingsCodec.write(out.u8(tag).text(name), settings);
                write(out, labels);
                if (tag != CREATE_QUEUE) {
                    out.varint(restMillis);
                }
                if (tag == CREATE_PARTITIONED_QUEUE) {
                    out.varint(partitions);
                }
            }
            case CatalogCommand.UpdateQueue(
                    String name,
                    long revision,
                    QueueSettings settings,
                    SortedMap<String, String> labels) -> {
                SettingsCodec.write(out.u8(UPDATE_QUEUE).text(name).varint(revision), settings);
                write(out, labels);
            }
            case CatalogCommand.DeleteQueue(String name, long id) -> {
                out.u8(id == CatalogCommand.DeleteQueue.WHICHEVER ? DELETE_QUEUE : DELETE_QUEUE_OF_ID)
                        .text(name);
                if (id != CatalogCommand.DeleteQueue.WHICHEVER) {
                    out.varint(id);
                }
            }
            case CatalogCommand.Define(String kind, String name, long revision, SortedMap<String, String> attributes) ->
                write(out.u8(DEFINE).text(kind).text(name).varint(revision), attributes);
            case CatalogCommand.Undefine(String kind, String name) ->
                out.u8(UNDEFINE).text(kind).text(name);
        }
    }

    /** The first edition whose catalogs may hold it: whoever adds a command or a form is asked here. */
    public static int editionOf(CatalogCommand command) {
        return switch (command) {
            case CatalogCommand.CreateQueue create ->
                Math.max(
                        create.partitions() > 1 ? Edition.SAID : Edition.FIRST,
                        SettingsCodec.editionOf(create.settings()));
            case CatalogCommand.UpdateQueue update -> SettingsCodec.editionOf(update.settings());
            case CatalogCommand.DeleteQueue delete ->
                delete.id() == CatalogCommand.DeleteQueue.WHICHEVER ? Edition.FIRST : Edition.ATTENDED;
            case CatalogCommand.Define _, CatalogCommand.Undefine _ -> Edition.FIRST;
        };
    }

    private static CatalogCommand command(Reader in) {
        int tag = in.u8();
        return switch (tag) {
            case CREATE_QUEUE -> new CatalogCommand.CreateQueue(in.text(), SettingsCodec.settings(in), labels(in));
            case UPDATE_QUEUE ->
                new CatalogCommand.UpdateQueue(in.text(), in.varint(), SettingsCodec.settings(in), labels(in));
            case DELETE_QUEUE -> new CatalogCommand.DeleteQueue(in.text());
            case DELETE_QUEUE_OF_ID -> new CatalogCommand.DeleteQueue(in.text(), in.varint());
            case CREATE_QUEUE_AFTER_REST ->
                new CatalogCommand.CreateQueue(in.text(), SettingsCodec.settings(in), labels(in), in.varint());
            case CREATE_PARTITIONED_QUEUE ->
                new CatalogCommand.CreateQueue(
                        in.text(),
                        SettingsCodec.settings(in),
                        labels(in),
                        in.varint(),
                        in.count(Limits.PARTITIONS_MAX));
            case DEFINE -> new CatalogCommand.Define(in.text(), in.text(), in.varint(), labels(in));
            case UNDEFINE -> new CatalogCommand.Undefine(in.text(), in.text());
            default ->
                throw new CorruptDataException("the tag " + tag
                        + " of a command of the catalog is not known here; a newer release may have written it");
        };
    }

    /** The form for a queue of one partition, which every release knows. */
    static void writeUnpartitioned(Writer out, Queue queue) {
        out.varint(queue.id()).text(queue.name()).varint(queue.shard());
        SettingsCodec.write(out, queue.settings());
        write(out, queue.labels());
        out.varint(queue.createdAtMillis()).varint(queue.modifiedAtMillis()).varint(queue.revision());
    }

    static void writePartitioned(Writer out, Queue queue) {
        writeUnpartitioned(out.varint(queue.partitions()), queue);
    }

    static Queue unpartitionedQueue(Reader in) {
        return queue(in, 1);
    }

    static Queue partitionedQueue(Reader in) {
        return queue(in, in.count(Limits.PARTITIONS_MAX));
    }

    private static Queue queue(Reader in, int partitions) {
        return new Queue(
                in.varint(),
                in.text(),
                in.count(Integer.MAX_VALUE),
                partitions,
                SettingsCodec.settings(in),
                labels(in),
                in.varint(),
                in.varint(),
                in.varint());
    }

    static void write(Writer out, Definition definition) {
        write(out.text(definition.kind()).text(definition.name()), definition.attributes());
        out.varint(definition.createdAtMillis())
                .varint(definition.modifiedAtMillis())
                .varint(definition.created())
                .varint(definition.revision());
    }

    private static CatalogSnapshot.NameAtRest nameAtRest(Reader in) {
        return new CatalogSnapshot.NameAtRest(in.text(), in.varint());
    }

    static Definition definition(Reader in) {
        return new Definition(in.text(), in.text(), labels(in), in.varint(), in.varint(), in.varint(), in.varint());
    }

    private static void write(Writer out, SortedMap<String, String> labels) {
        out.varint(labels.size());
        for (Map.Entry<String, String> label : labels.entrySet()) {
            out.text(label.getKey()).text(label.getValue());
        }
    }

    private static SortedMap<String, String> labels(Reader in) {
        int count = in.count(in.remaining() / LABEL_BYTES_MIN);
        SortedMap<String, String> labels = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String name = in.text();
            if (i > 0 && name.compareTo(labels.lastKey()) <= 0) {
                throw new CorruptDataException("the labels are not in order");
            }
            labels.put(name, in.text());
        }
        return labels;
    }
}
