package weir.cluster.ratis;

import java.net.ConnectException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.ClientStreamTracer;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcSslContexts;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelOption;
import org.apache.ratis.thirdparty.io.netty.channel.ConnectTimeoutException;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContext;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerFailedException;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerUnreachableException;
import weir.core.Bytes;
import weir.core.Check;
import weir.core.broker.OutcomeUnknownException;
import weir.net.tls.Certificates;

/**
 * The caller's side of {@link PeerCalls}: one connection to each address, made at the first call and kept.
 *
 * <p>Whether a request that got no answer was delivered is the whole question. It was not if gRPC never wrote its headers to
 * a connection ({@link Sent}); else nobody knows.
 */
final class PeerClient implements PeerCalls, AutoCloseable {
    /** A connection that is silent for this long is asked for a sign of life. */
    static final Duration KEEPALIVE = Duration.ofSeconds(2);

    /** Without one for this long, its calls fail. */
    static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration CONNECT = Duration.ofSeconds(2);

    /** What a node called may come to many addresses over time; beyond this the idle ones are closed. */
    private static final int CHANNELS_MAX = 256;

    private final Optional<SslContext> tls;
    private final ConcurrentMap<Address, ManagedChannel> channels = new ConcurrentHashMap<>();
    private volatile boolean closed;

    PeerClient(Optional<Certificates> certificates) {
        this.tls = certificates.map(PeerClient::context);
    }

    private record Address(String host, int port) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    private static SslContext context(Certificates certificates) {
        try {
            return GrpcSslContexts.configure(GrpcSslContexts.forClient(), SslProvider.JDK)
                    .keyManager(certificates.keys())
                    .trustManager(certificates.trust())
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }

    @Override
    public CompletableFuture<Bytes> call(String host, int port, PeerRequest kind, Bytes request, Duration patience) {
        Check.inRange("request bytes", request.length(), 0, BYTES_MAX);
        var address = new Address(host, port);
        var sent = new Sent();
        var options = CallOptions.DEFAULT
                .withDeadlineAfter(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS)
                .withExecutor(Runnable::run) // On gRPC's own thread: what waits for the answer does little there.
                .withStreamTracerFactory(sent);
        var answer = new Answer(address, kind, sent);
        try {
            var call = channel(address).newCall(PeerMethod.of(kind), options);
            var _ = answer.future.whenComplete((_, e) -> {
                if (answer.future.isCancelled()) {
                    call.cancel("nobody waits any more", e);
                }
            });
            call.start(answer, new Metadata());
            call.sendMessage(request);
            call.halfClose();
            call.request(2); // As gRPC does for a single answer: a second one would be an error it has to see.
        } catch (RuntimeException e) {
            answer.future.completeExceptionally(new PeerUnreachableException(address + " cannot be called", e));
        }
        return answer.future;
    }

    private ManagedChannel channel(Address address) {
        if (channels.size() >= CHANNELS_MAX) {
            forget();
        }
        var channel = channels.computeIfAbsent(address, this::connect);
        if (closed) {
            channel.shutdownNow();
            throw new IllegalStateException("the node is stopping");
        }
        return channel;
    }

    private ManagedChannel connect(Address address) {
        var builder = NettyChannelBuilder.forAddress(address.host(), address.port())
                .proxyDetector(_ -> null)
                .maxInboundMessageSize(BYTES_MAX)
                .flowControlWindow(RatisSettings.FLOW_CONTROL_BYTES)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(CONNECT.toMillis()))
                .keepAliveTime(KEEPALIVE.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        tls.ifPresentOrElse(builder::sslContext, builder::usePlaintext);
        return builder.build();
    }

    /** Lets go of all connections; calls under way end by themselves. */
    private void forget() {
        for (var address : channels.keySet()) {
            var channel = channels.remove(address);
            if (channel != null) {
                channel.shutdown();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        channels.values().forEach(ManagedChannel::shutdownNow);
    }

    /** Whether any attempt at a call has reached a connection. */
    private static final class Sent extends ClientStreamTracer.Factory {
        private final AtomicBoolean headers = new AtomicBoolean();

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata metadata) {
            return new ClientStreamTracer() {
                @Override
                public void outboundHeaders() {
                    headers.set(true);
                }
            };
        }
    }

    private static final class Answer extends ClientCall.Listener<Bytes> {
        private final Address address;
        private final PeerRequest kind;
        private final Sent sent;
        private final CompletableFuture<Bytes> future = new CompletableFuture<>();
        private @Nullable Bytes message;

        private Answer(Address address, PeerRequest kind, Sent sent) {
            this.address = address;
            this.kind = kind;
            this.sent = sent;
        }

        @Override
        public void onMessage(Bytes received) {
            message = received;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            var received = message;
            if (status.isOk() && received != null) {
                future.complete(received);
            } else {
                future.completeExceptionally(failure(status, trailers));
            }
        }

        private Exception failure(Status status, Metadata trailers) {
            String description = String.valueOf(status.getDescription());
            var outcome = trailers.get(PeerMethod.OUTCOME);
            if (PeerMethod.FAILED.equals(outcome)) {
                return new PeerFailedException(description);
            }
            if (status.getCode() == Status.Code.UNIMPLEMENTED) {
                return new PeerFailedException(address + " does not know " + kind + "; is it of an older version?");
            }
            var cause = status.asException();
            if (PeerMethod.UNTOUCHED.equals(outcome)) {
                return new PeerUnreachableException(address + " takes no more calls: " + description, cause);
            }
            if (!sent.headers.get()) {
                return new PeerUnreachableException(
                        address + " cannot be reached: " + why(status), cause, isRefused(status));
            }
            return new OutcomeUnknownException(address + " did not answer " + kind + ": " + why(status), cause);
        }

        /** gRPC's own description is often only "io exception"; the cause says which. */
        private static String why(Status status) {
            var root = root(status);
            return root == null ? status.getCode() + " " + status.getDescription() : String.valueOf(root.getMessage());
        }

        private static @Nullable Throwable root(Status status) {
            var root = status.getCause();
            for (int depth = 0; root != null && root.getCause() != null && depth < 20; depth++) {
                root = root.getCause();
            }
            return root;
        }

        /** By its machine, not by silence: that would be a ConnectTimeoutException, which is a ConnectException, too. */
        private static boolean isRefused(Status status) {
            return root(status) instanceof ConnectException refused && !(refused instanceof ConnectTimeoutException);
        }
    }
}
