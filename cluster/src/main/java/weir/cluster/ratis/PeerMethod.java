package weir.cluster.ratis;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.apache.ratis.thirdparty.io.grpc.KnownLength;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import weir.cluster.peer.PeerRequest;
import weir.core.Bytes;

/** {@link weir.cluster.peer.PeerCalls} on the wire: a gRPC method for each kind of request, of bytes to bytes. */
final class PeerMethod {
    static final String SERVICE = "weir.Peer";

    /** What an answer that is an error says about what was done; without it gRPC itself has failed. */
    static final Metadata.Key<String> OUTCOME = Metadata.Key.of("weir-outcome", Metadata.ASCII_STRING_MARSHALLER);

    /** The service threw; its message stands in the status. */
    static final String FAILED = "failed";

    /** The service was not asked. */
    static final String UNTOUCHED = "untouched";

    private static final Map<PeerRequest, MethodDescriptor<Bytes, Bytes>> ALL = new EnumMap<>(PeerRequest.class);

    static {
        for (PeerRequest kind : PeerRequest.values()) {
            ALL.put(
                    kind,
                    MethodDescriptor.<Bytes, Bytes>newBuilder()
                            .setType(MethodDescriptor.MethodType.UNARY)
                            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "" + kind.code()))
                            .setRequestMarshaller(new Marshaller())
                            .setResponseMarshaller(new Marshaller())
                            .build());
        }
    }

    private PeerMethod() {}

    static MethodDescriptor<Bytes, Bytes> of(PeerRequest kind) {
        return Objects.requireNonNull(ALL.get(kind), "every kind has its method");
    }

    private static final class Marshaller implements MethodDescriptor.Marshaller<Bytes> {
        @Override
        public InputStream stream(Bytes value) {
            return new ByteArrayInputStream(value.array(), value.offset(), value.length());
        }

        /** gRPC has the whole message in memory by then, and knows its length. */
        @Override
        public Bytes parse(InputStream stream) {
            try {
                if (!(stream instanceof KnownLength)) {
                    return Bytes.of(stream.readAllBytes());
                }
                var bytes = new byte[stream.available()];
                int read = stream.readNBytes(bytes, 0, bytes.length);
                return Bytes.of(read == bytes.length ? bytes : Arrays.copyOf(bytes, read));
            } catch (IOException e) {
                throw new UncheckedIOException("a message broke off", e);
            }
        }
    }
}
