package weir.cluster.damage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import weir.cluster.ClusterLimits;

class DiskRoomTest {
    private final AtomicLong now = new AtomicLong();
    private final AtomicLong usable = new AtomicLong(1000);
    private final DiskRoom room = new DiskRoom(
            () -> {
                if (usable.get() < 0) {
                    throw new IOException("the disk is gone");
                }
                return usable.get();
            },
            100,
            now::get);

    private boolean isLowWith(long bytes) {
        usable.set(bytes);
        now.addAndGet(ClusterLimits.DISK_LOOK.toNanos());
        return room.isLow();
    }

    @Test
    void itIsLowBelowTheReserveAndRecoversWithAQuarterMore() {
        assertThat(room.isLow()).isFalse();
        assertThat(isLowWith(100)).isFalse();
        assertThat(isLowWith(99)).isTrue();
        assertThat(isLowWith(124)).isTrue();
        assertThat(isLowWith(125)).isFalse();
        assertThat(isLowWith(0)).isTrue();
    }

    @Test
    void itIsShortBelowTwiceTheReserveWhichIsSoonerThanLow() {
        assertThat(isLowWith(200)).isFalse();
        assertThat(room.isShort()).isFalse();
        assertThat(isLowWith(199)).isFalse();
        assertThat(room.isShort()).isTrue();
        assertThat(isLowWith(249)).isFalse();
        assertThat(room.isShort()).isTrue();
        assertThat(isLowWith(250)).isFalse();
        assertThat(room.isShort()).isFalse();
    }

    @Test
    void theDiskIsNotAskedEachTime() {
        assertThat(room.isLow()).isFalse();
        usable.set(0);
        now.addAndGet(ClusterLimits.DISK_LOOK.toNanos() - 1);
        assertThat(room.isLow()).isFalse();
        now.addAndGet(1);
        assertThat(room.isLow()).isTrue();
    }

    @Test
    void aDiskThatDoesNotAnswerChangesNothing() {
        assertThat(isLowWith(-1)).isFalse();
        assertThat(isLowWith(0)).isTrue();
        assertThat(isLowWith(-1)).isTrue();
    }
}
