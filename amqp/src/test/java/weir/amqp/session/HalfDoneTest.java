package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.Assembler;
import weir.amqp.wire.Frame;
import weir.core.Bytes;

@Timeout(60)
class HalfDoneTest {
    private static final long LONG = SessionLimits.HALF_DONE_SAFE.plusSeconds(1).toNanos();

    private final AtomicLong now = new AtomicLong();
    private final HalfDone room = new HalfDone(100, 50, now::get);
    private final List<String> dropped = new ArrayList<>();

    /** Says that somebody is kept waiting, who may go over that. */
    private record Told(CountDownLatch latch, AtomicBoolean gone) implements Publisher.Blocking {
        Told() {
            this(new CountDownLatch(1), new AtomicBoolean());
        }

        @Override
        public void blocked() {
            latch.countDown();
        }

        @Override
        public void unblocked() {}

        @Override
        public boolean isOver() {
            return gone.get();
        }
    }

    private HalfDone.Work begin(String name) {
        return room.begin(name, () -> dropped.add(name));
    }

    private static CompletableFuture<Boolean> growing(HalfDone.Work work, long bytes, Told told) {
        CompletableFuture<Boolean> grown = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                grown.complete(work.growInTurn(bytes, told));
            } catch (InterruptedException e) {
                grown.completeExceptionally(e);
            }
        });
        return grown;
    }

    @Test
    void whoFindsNoRoomIsLetGoOfUntilAnotherEnds() {
        HalfDone.Work first = begin("first");
        assertThat(first.grow(60)).isTrue();
        assertThat(first.grow(40)).isTrue();
        HalfDone.Work second = begin("second");
        assertThat(second.grow(1)).isFalse();
        assertThat(second.grow(1)).isFalse();
        assertThat(dropped).containsExactly("second");
        first.end();
        first.end();
        assertThat(room.used()).isZero();
        assertThat(begin("third").grow(100)).isTrue();
    }

    @Test
    void whatWasBegunLongAgoMakesRoomForOthersAndOnlyThen() {
        HalfDone.Work old = begin("old");
        assertThat(old.grow(60)).isTrue();
        now.addAndGet(LONG);
        HalfDone.Work fresh = begin("fresh");
        assertThat(fresh.grow(40)).isTrue();
        assertThat(dropped).isEmpty();
        assertThat(fresh.grow(20)).isTrue();
        assertThat(dropped).containsExactly("old");
        assertThat(old.finish()).isFalse();
        assertThat(room.used()).isEqualTo(60);
    }

    @Test
    void whatIsCompleteIsNotLetGoOf() {
        HalfDone.Work old = begin("old");
        assertThat(old.grow(100)).isTrue();
        assertThat(old.finish()).isTrue();
        now.addAndGet(LONG);
        assertThat(begin("fresh").grow(1)).isFalse();
        assertThat(dropped).containsExactly("fresh");
        old.end();
        assertThat(room.used()).isZero();
    }

    @Test
    void whoWaitsGoesOnWhenAnotherEndsAndIsTold() throws Exception {
        HalfDone.Work first = begin("first");
        assertThat(first.growInTurn(100, new Told())).isTrue();
        Told told = new Told();
        CompletableFuture<Boolean> grown = growing(begin("second"), 50, told);
        told.latch().await();
        assertThat(grown).isNotDone();
        first.end();
        assertThat(grown.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(dropped).isEmpty();
    }

    private static Bytes hex(String text) {
        return Bytes.of(HexFormat.of().parseHex(text.replace(" ", "")));
    }

    @Test
    void aBodyThatWaitsForRoomGivesBackWhatItHasWhenItsClientGoes() throws Exception {
        assertThat(begin("first").grow(80)).isTrue();
        Told told = new Told();
        Assembler second = new Assembler(1_000, room.bodiesOf("second", told));
        second.process(new Frame(Frame.METHOD, 1, hex("003C 0028 0000 0178 016B 00"))); // basic.publish to "x"
        second.process(new Frame(Frame.HEADER, 1, hex("003C 0000 0000000000000028 0000"))); // of 40 bytes
        Frame piece = new Frame(Frame.BODY, 1, Bytes.of(new byte[15]));
        second.process(piece);
        assertThat(room.used()).isEqualTo(95);
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                done.complete(second.process(piece) == null);
            } catch (AmqpException | InterruptedException e) {
                done.completeExceptionally(e);
            }
        });
        told.latch().await();
        assertThat(done).isNotDone();
        told.gone().set(true);
        assertThat(done.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(room.used()).isEqualTo(80);
        assertThat(dropped).isEmpty();
    }

    /** Else nobody would ever end, where all wait for each other. */
    @Test
    void theFirstGoesOnBeyondTheBoundAndWithItWhatItsClientHasBegunBeside() throws Exception {
        HalfDone.Work first = room.begin("client", () -> dropped.add("first"));
        HalfDone.Work beside = room.begin("client", () -> dropped.add("beside"));
        HalfDone.Work other = begin("other");
        assertThat(first.growInTurn(50, new Told())).isTrue();
        assertThat(other.growInTurn(50, new Told())).isTrue();
        Told told = new Told();
        CompletableFuture<Boolean> waiting = growing(other, 10, told);
        told.latch().await();
        assertThat(first.growInTurn(20, new Told())).isTrue();
        assertThat(beside.growInTurn(30, new Told())).isTrue();
        assertThat(beside.growInTurn(1, new Told())).isFalse(); // As much as there is beyond.
        assertThat(dropped).containsExactly("beside");
        assertThat(first.growInTurn(30, new Told())).isTrue();
        assertThat(room.used()).isEqualTo(150);
        assertThat(first.growInTurn(1, new Told())).isTrue(); // What was begun last makes room for it.
        assertThat(waiting.get(30, TimeUnit.SECONDS)).isFalse();
        assertThat(dropped).containsExactly("beside", "other");
        first.end();
        assertThat(room.used()).isZero();
    }

    @Test
    void whatWaitsForOthersDoesNotGrowOldOverThat() throws Exception {
        HalfDone.Work first = begin("first");
        assertThat(first.growInTurn(100, new Told())).isTrue();
        assertThat(first.finish()).isTrue();
        HalfDone.Work second = begin("second");
        Told told = new Told();
        CompletableFuture<Boolean> grown = growing(second, 100, told);
        told.latch().await();
        now.addAndGet(LONG);
        HalfDone.Work third = room.begin("third", () -> {});
        assertThat(third.grow(1)).isFalse();
        first.end();
        assertThat(grown.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(room.begin("fourth", () -> {}).grow(1)).isFalse();
        assertThat(dropped).isEmpty();
        second.end();
    }

    @Test
    void manyWhoWaitForEachOtherAllComeToTheirEnd() throws Exception {
        List<Thread> clients = new ArrayList<>();
        AtomicLong ended = new AtomicLong();
        for (int client = 0; client < 20; client++) {
            HalfDone.Work work = begin("client " + client);
            clients.add(Thread.ofVirtual().start(() -> {
                try {
                    for (int grown = 0; grown < 40; grown++) {
                        assertThat(work.growInTurn(1, new Told())).isTrue();
                        assertThat(room.used()).isLessThanOrEqualTo(150);
                    }
                    assertThat(work.finish()).isTrue();
                    work.end();
                    ended.incrementAndGet();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }));
        }
        for (Thread client : clients) {
            assertThat(client.join(Duration.ofSeconds(50))).isTrue();
        }
        assertThat(ended).hasValue(20);
        assertThat(room.used()).isZero();
    }
}
