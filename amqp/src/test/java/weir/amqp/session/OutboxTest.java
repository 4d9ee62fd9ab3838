package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import weir.amqp.wire.Method;
import weir.core.Bytes;

class OutboxTest {
    private static void write(Outbox outbox, int bytes) {
        Bytes body = Bytes.of(new byte[bytes]);
        outbox.write(
                frames -> frames.content(1, new Method.BasicGetOk(1, false, "", "", 0), Bytes.of(new byte[2]), body));
    }

    /** Else thousands that do not read would take half a megabyte each. */
    @Test
    void clientsAreBehindSoonerWhileMuchWaitsForAllOfThem() throws Exception {
        OutboxRoom room = new OutboxRoom(SessionLimits.OUTBOX_BYTES);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        Outbox reading = new Outbox(written, room, Traffic.ofConnection());
        write(reading, SessionLimits.OUTBOX_BYTES_TIGHT);
        assertThat(reading.isFull()).isFalse();
        Outbox stalled = new Outbox(OutputStream.nullOutputStream(), room, Traffic.ofConnection());
        write(stalled, SessionLimits.OUTBOX_BYTES);
        assertThat(stalled.isFull()).isTrue();
        write(reading, 1);
        assertThat(reading.isFull()).isTrue();
        reading.end();
        reading.run();
        assertThat(written.size()).isGreaterThan(SessionLimits.OUTBOX_BYTES_TIGHT);
        Outbox broken = new Outbox(
                new OutputStream() {
                    @Override
                    public void write(int octet) throws IOException {
                        throw new IOException("the client is gone");
                    }
                },
                room,
                Traffic.ofConnection());
        write(broken, 1_000);
        broken.run();
        stalled.end();
        stalled.run();
        assertThat(room.used()).isZero();
    }

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
        outbox.set(new Outbox(socket, new OutboxRoom(Long.MAX_VALUE), Traffic.ofConnection()));
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
