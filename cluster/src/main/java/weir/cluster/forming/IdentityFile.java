package weir.cluster.forming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.Member;
import weir.core.Edition;

/**
 * {@code weir.format} in the data directory: the format of everything beside it, and the {@link Identity}. Lines of a word
 * and its value, so that a person can read them; a directory from before there were clusters has no {@code node}.
 */
public final class IdentityFile {
    /** Of everything in the data directory. */
    public static final String FORMAT = "1";

    private static final String LISTENER = "listener";

    /** Founders, and a few lines beside. */
    private static final int LINES_MAX = 128;

    private final Path file;
    private final int known;
    private int edition = Edition.FIRST;
    /** As last read or written. */
    private @Nullable Identity read;

    public IdentityFile(Path data) {
        this(data, Edition.NEWEST);
    }

    /** @param known the newest edition that may be read */
    public IdentityFile(Path data, int known) {
        this.file = data.resolve("weir.format");
        this.known = known;
    }

    /**
     * What the directory says; empty if it is new.
     *
     * @throws FormingException if it is of another format, or does not make sense
     */
    public Optional<Identity> read() throws IOException, FormingException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
        if (lines.isEmpty() || !lines.getFirst().equals("format " + FORMAT)) {
            throw refused(lines, "this version reads format " + FORMAT);
        }
        Optional<UUID> cluster = Optional.empty();
        int shards = 0;
        int node = 1;
        boolean listens = false;
        List<Member> founders = new ArrayList<>();
        try {
            for (String line : lines.subList(1, Math.min(lines.size(), LINES_MAX))) {
                String[] words = line.split(" ", 2);
                switch (words[0]) {
                    case "cluster" -> cluster = Optional.of(UUID.fromString(words[1]));
                    case "shards" -> shards = Integer.parseInt(words[1]);
                    case "node" -> node = Integer.parseInt(words[1]);
                    case "catalog" -> listens = isListener(words[1]);
                    case "founder" -> founders.add(founder(words[1]));
                    case "edition" -> edition = Integer.parseInt(words[1]);
                    default -> throw refused(lines, "\"" + words[0] + "\" is not known to this version");
                }
            }
            Identity identity = new Identity(cluster.orElseThrow(), shards, node, founders, listens);
            Optional<String> refusal =
                    Edition.refusal("data directory \"" + file.getParent() + "\"", edition, Edition.OLDEST, known);
            if (refusal.isPresent()) {
                throw new FormingException(refusal.get());
            }
            read = identity;
            return Optional.of(identity);
        } catch (RuntimeException e) {
            throw refused(lines, "that does not make sense (" + e.getMessage() + ")");
        }
    }

    private static boolean isListener(String text) {
        if (!text.equals(LISTENER)) {
            throw new IllegalArgumentException("a node's part in the catalog is " + text);
        }
        return true;
    }

    private static Member founder(String text) {
        int at = text.indexOf('@');
        int colon = text.lastIndexOf(':');
        return new Member(
                Integer.parseInt(text.substring(0, at)),
                text.substring(at + 1, colon),
                Integer.parseInt(text.substring(colon + 1)));
    }

    private FormingException refused(List<String> lines, String why) {
        return new FormingException("data is \"" + file.getParent() + "\", whose weir.format says \""
                + String.join(", ", lines) + "\"; " + why);
    }

    /**
     * Notes durably that the data have come to that edition.
     *
     * @return whether that is news
     */
    public boolean note(int to) throws IOException {
        Identity identity = read;
        if (to <= edition || identity == null) {
            return false;
        }
        edition = to;
        write(identity);
        return true;
    }

    /** Whole or not at all, and durable when this returns. */
    public void write(Identity identity) throws IOException {
        read = identity;
        List<String> lines = new ArrayList<>();
        lines.add("format " + FORMAT);
        lines.add("shards " + identity.shards());
        lines.add("cluster " + identity.cluster());
        lines.add("node " + identity.node());
        if (identity.listens()) {
            lines.add("catalog " + LISTENER);
        }
        if (edition > Edition.FIRST) {
            lines.add("edition " + edition);
        }
        for (Member founder : identity.founders()) {
            lines.add("founder " + founder.node() + "@" + founder.host() + ":" + founder.port());
        }
        Path draft = file.resolveSibling("weir.format.new");
        try (FileChannel out = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer content = StandardCharsets.UTF_8.encode(String.join("\n", lines) + "\n");
            while (content.hasRemaining()) {
                out.write(content);
            }
            out.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
