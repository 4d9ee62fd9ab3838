package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import weir.amqp.wire.Method;
import weir.core.Bytes;

class OutboxTest {
    /** However long the whole of it lasts, which is not looked at. */
    @Test
    @Timeout(60)
    void aClientThatTakesOnePieceAfterTheOtherDoesNotStall() throws Exception {
        AtomicReference<Outbox> outbox = new AtomicReference<>();
        List<Long> begun = new ArrayList<>();
        OutputStream socket = new OutputStream() {
            @Override
            public void write(int octet) {
                throw new AssertionError("octets are written together");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                assertThat(length).isLessThanOrEqualTo(SessionLimits.WRITE_BYTES);
                long now = System.nanoTime();
                long stalled = outbox.get().stalledNanos(now);
                begun.add(now - stalled);
                while (System.nanoTime() == now) {
                    Thread.onSpinWait(); // The next piece begins later.
                }
            }
        };
        outbox.set(new Outbox(socket, Traffic.ofConnection()));
        Bytes body = Bytes.of(new byte[20 * SessionLimits.WRITE_BYTES]);
        outbox.get().write(frames -> {
            frames.frameMax(body.length() * 2);
            frames.content(1, new Method.BasicGetOk(1, false, "", "", 0), Bytes.of(new byte[2]), body);
        });
        outbox.get().end();
        outbox.get().run();
        assertThat(begun).hasSizeGreaterThan(20).isSorted().doesNotHaveDuplicates();
        assertThat(outbox.get().stalledNanos(System.nanoTime())).isZero();
    }
}
