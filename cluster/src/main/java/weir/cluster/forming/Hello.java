package weir.cluster.forming;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.Member;
import weir.core.Bytes;
import weir.core.Edition;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * What one node says of itself to another, as question and as answer, and what the other thinks of it. The first byte is the
 * version of this form, the text after it the format of the data, so that any two releases can tell each other what is wrong.
 *
 * @param identity of its data directory; empty if that is new
 * @param formed whether it has opened its groups: then all founders have the identity
 * @param refusal in an answer: why the asking node cannot be in a cluster with it
 * @param rack in a question to be taken in: where the node is
 * @param fronts in a question to be taken in: the advertised address of each front
 * @param oldest and {@code newest}: the editions that the node reads; older releases do not say, and read the first
 * @param listens in an answer to that: whether the node is to follow the catalog without a vote
 */
record Hello(
        Member self,
        Optional<Identity> identity,
        boolean formed,
        Optional<String> refusal,
        String rack,
        SortedMap<String, String> fronts,
        int oldest,
        int newest,
        boolean listens) {
    static final int VERSION = 1;
    private static final int FOUNDERS_MAX = 64;
    private static final int FRONTS_MAX = 64;

    Bytes encode() {
        Writer out = new Writer(256).u8(VERSION).text(IdentityFile.FORMAT);
        write(out, self);
        out.bool(identity.isPresent());
        identity.ifPresent(known -> {
            out.i64(known.cluster().getMostSignificantBits())
                    .i64(known.cluster().getLeastSignificantBits())
                    .varint(known.shards())
                    .varint(known.node())
                    .varint(known.founders().size());
            known.founders().forEach(founder -> write(out, founder));
        });
        out.bool(formed).optionalText(refusal.orElse(null)).text(rack).varint(fronts.size());
        fronts.forEach((front, address) -> out.text(front).text(address));
        out.varint(oldest).varint(newest).bool(listens); // Older releases read no further than they know.
        return out.bytes();
    }

    /** @throws FormingException if the other node is of a release that this one cannot talk to */
    static Hello decode(Bytes bytes) throws FormingException {
        try {
            Reader in = new Reader(bytes);
            int version = in.u8();
            String format = in.text();
            if (version != VERSION || !format.equals(IdentityFile.FORMAT)) {
                throw new FormingException("the other node's release speaks version " + version
                        + " between nodes and keeps its data in format " + format + ", this one version " + VERSION
                        + " and format " + IdentityFile.FORMAT + "; run releases that belong together");
            }
            Member self = member(in);
            Optional<Identity> identity = in.bool() ? Optional.of(identity(in)) : Optional.empty();
            boolean formed = in.bool();
            @Nullable String refusal = in.optionalText();
            String rack = in.text();
            SortedMap<String, String> fronts = new TreeMap<>();
            for (int i = in.count(FRONTS_MAX); i > 0; i--) {
                fronts.put(in.text(), in.text());
            }
            int oldest = in.hasMore() ? in.count(Edition.MAX) : Edition.FIRST;
            int newest = in.hasMore() ? in.count(Edition.MAX) : Edition.FIRST;
            boolean listens = in.hasMore() && in.bool();
            return new Hello(
                    self, identity, formed, Optional.ofNullable(refusal), rack, fronts, oldest, newest, listens);
        } catch (CorruptDataException | IllegalArgumentException e) {
            throw new FormingException("the other node says what is no hello: " + e.getMessage());
        }
    }

    private static Identity identity(Reader in) {
        UUID cluster = new UUID(in.i64(), in.i64());
        int shards = in.count(Integer.MAX_VALUE);
        int node = in.count(Member.NODE_MAX);
        List<Member> founders = new ArrayList<>();
        for (int i = in.count(FOUNDERS_MAX); i > 0; i--) {
            founders.add(member(in));
        }
        return new Identity(cluster, shards, node, founders);
    }

    private static void write(Writer out, Member member) {
        out.varint(member.node()).text(member.host()).varint(member.port());
    }

    private static Member member(Reader in) {
        return new Member(in.count(Member.NODE_MAX), in.text(), in.count(65_535));
    }
}
