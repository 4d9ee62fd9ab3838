package weir.cluster.ratis;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCallStreamObserver;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerService;
import weir.core.Bytes;

/**
 * The listener's side of {@link weir.cluster.peer.PeerCalls}: adds the service to Ratis's listener, and closes what Ratis
 * offers there to clients and administrators of its own, who do not exist here.
 */
final class PeerListener implements GrpcServices.Customizer {
    private static final Logger LOG = LoggerFactory.getLogger(PeerListener.class);

    /**
     * Calls at a time that do not wait for messages. Each has a virtual thread and its request; the bytes of requests are
     * bounded by the callers, who hold a share of their own publishers' budget for each.
     */
    private static final int CALLS_MAX = 16_384;

    /**
     * Calls at a time that may: one for each consumer of another node whose queue is led here. They have room of their own, so that
     * however many wait, commands come through. Some 10 KiB each: a stream of HTTP/2, a thread, and who waits. More than {@code
     * weir.cluster.forward} lets wait, so that it is the one which refuses: a refusal here says that the node cannot be reached.
     */
    private static final int WAITS_MAX = 2 * 65_536 + CALLS_MAX;

    /** gRPC sends a status in a header, of which HTTP/2 servers take 8 KiB. */
    private static final int MESSAGE_CHARS_MAX = 1_000;

    private static final MethodDescriptor<?, ?> INSTALL = RaftServerProtocolServiceGrpc.getInstallSnapshotMethod();

    private static final Set<String> OPEN = Set.of(RaftServerProtocolServiceGrpc.SERVICE_NAME, PeerMethod.SERVICE);

    private final PeerService service;
    private final Predicate<RaftGroupId> opened;
    private final LeaderWatch watch;
    private final Semaphore calls = new Semaphore(CALLS_MAX);
    private final Semaphore waits = new Semaphore(WAITS_MAX);

    /**
     * @param opened whether a group has been started, so that it may be told to catch up
     * @param watch told of connections that end
     */
    PeerListener(PeerService service, Predicate<RaftGroupId> opened, LeaderWatch watch) {
        this.service = service;
        this.opened = opened;
        this.watch = watch;
    }

    @Override
    public NettyServerBuilder customize(NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
        var definition = ServerServiceDefinition.builder(PeerMethod.SERVICE);
        for (PeerRequest kind : PeerRequest.values()) {
            definition.addMethod(
                    PeerMethod.of(kind), ServerCalls.asyncUnaryCall((request, answer) -> begin(kind, request, answer)));
        }
        return builder.addService(definition.build())
                .intercept(new Gate())
                .addTransportFilter(watch)
                // A caller that is gone without a word is noticed, so that what waits for it is interrupted.
                .keepAliveTime(PeerClient.KEEPALIVE.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(PeerClient.KEEPALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(PeerClient.KEEPALIVE.toMillis() / 2, TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true);
    }

    private void begin(PeerRequest kind, Bytes request, StreamObserver<Bytes> answer) {
        Semaphore room = kind.mayWait() ? waits : calls;
        if (!room.tryAcquire()) {
            answer.onError(refusal(
                    Status.RESOURCE_EXHAUSTED.withDescription("too many calls at a time, this one of " + kind),
                    PeerMethod.UNTOUCHED));
            return;
        }
        var call = new Call(kind, request, (ServerCallStreamObserver<Bytes>) answer, room);
        call.answer.setOnCancelHandler(call::gone); // Has to be set before this method returns.
        Thread.ofVirtual().name("peer-" + kind).start(call);
    }

    private static RuntimeException refusal(Status status, String outcome) {
        var trailers = new Metadata();
        trailers.put(PeerMethod.OUTCOME, outcome);
        return status.asRuntimeException(trailers);
    }

    /** One request on its virtual thread. */
    private final class Call implements Runnable {
        private final PeerRequest kind;
        private final Bytes request;
        private final ServerCallStreamObserver<Bytes> answer;
        private final Semaphore room;
        /** The thread while the service may be interrupted. */
        private final AtomicReference<@Nullable Thread> serving = new AtomicReference<>();

        private Call(PeerRequest kind, Bytes request, ServerCallStreamObserver<Bytes> answer, Semaphore room) {
            this.room = room;
            this.kind = kind;
            this.request = request;
            this.answer = answer;
        }

        @Override
        public void run() {
            serving.set(Thread.currentThread());
            try {
                if (!answer.isCancelled()) { // Asked after setting, so that no cancelling is missed in between.
                    reply(service.answer(kind, request));
                }
            } catch (Exception e) {
                LOG.debug("{} failed", kind, e);
                failed(e);
            } catch (Error e) {
                LOG.error("{} failed", kind, e);
                failed(e);
            } finally {
                serving.set(null);
                room.release();
            }
        }

        private void reply(Bytes bytes) {
            if (bytes.length() > PeerCalls.BYTES_MAX) {
                throw new IllegalStateException("the answer to " + kind + " has " + bytes.length()
                        + " bytes, more than " + PeerCalls.BYTES_MAX);
            }
            answer.onNext(bytes);
            answer.onCompleted();
        }

        private void failed(Throwable cause) {
            String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
            if (!answer.isCancelled()) {
                answer.onError(refusal(
                        Status.UNKNOWN.withDescription(
                                message.substring(0, Math.min(message.length(), MESSAGE_CHARS_MAX))),
                        PeerMethod.FAILED));
            }
        }

        private void gone() {
            var thread = serving.get();
            if (thread != null) {
                thread.interrupt();
            }
        }
    }

    /**
     * Lets in what is offered, and keeps from a group that is being started the one request that Ratis 3.3.0 does not keep away
     * itself: to catch up by a checkpoint. It would make a follower of it in the midst of its start, which then fails.
     */
    private final class Gate implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            if (!OPEN.contains(String.valueOf(call.getMethodDescriptor().getServiceName()))) {
                call.close(Status.UNIMPLEMENTED.withDescription("not offered here"), new Metadata());
                return new ServerCall.Listener<>() {};
            }
            var listener = next.startCall(call, headers);
            return call.getMethodDescriptor() == INSTALL ? new Checked<>(call, listener) : listener;
        }
    }

    private final class Checked<Q> extends ForwardingServerCallListener.SimpleForwardingServerCallListener<Q> {
        private final ServerCall<Q, ?> call;
        private boolean refused;

        private Checked(ServerCall<Q, ?> call, ServerCall.Listener<Q> next) {
            super(next);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            if (!refused
                    && message instanceof InstallSnapshotRequestProto request
                    && !opened.test(
                            ProtoUtils.toRaftGroupId(request.getServerRequest().getRaftGroupId()))) {
                refused = true;
                call.close(Status.UNAVAILABLE.withDescription("the group is being opened"), new Metadata());
            }
            if (!refused) {
                super.onMessage(message);
            }
        }

        @Override
        public void onHalfClose() {
            if (!refused) {
                super.onHalfClose();
            }
        }
    }
}
