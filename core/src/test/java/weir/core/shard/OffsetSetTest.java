package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/** An offset set is a set of offsets, however they come. */
final class OffsetSetTest {
    private static final int OFFSETS = 10_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 50, 2_000})
    void itIsTheSetThatWasPutIn(int spread) {
        var random = new SplittableRandom(spread);
        var set = new OffsetSet();
        var model = new TreeSet<Long>();
        long floor = 0;
        while (floor < OFFSETS) {
            long offset = floor + random.nextInt(Math.min(spread, (int) (OFFSETS - floor)));
            assertThat(set.add(offset)).isEqualTo(model.add(offset));
            while (model.contains(floor)) {
                floor++;
            }
            assertThat(set.floor()).isEqualTo(floor);
            if (random.nextInt(2_000) == 0) {
                set = restored(set);
                check(set, model, random);
            }
        }
        assertThat(set.floor()).isEqualTo(OFFSETS);
    }

    private static void check(OffsetSet set, NavigableSet<Long> model, SplittableRandom random) {
        for (int i = 0; i < 20; i++) {
            long from = random.nextInt(OFFSETS);
            long to = from + random.nextInt(OFFSETS);
            assertThat(set.contains(from)).isEqualTo(model.contains(from));
            assertThat(set.count(from, to)).isEqualTo(model.subSet(from, to).size());
            long absent = from;
            while (model.contains(absent)) {
                absent++;
            }
            assertThat(set.nextAbsent(from)).isEqualTo(absent);
        }
    }

    private static OffsetSet restored(OffsetSet set) {
        Writer out = new Writer(100);
        set.write(out);
        OffsetSet read = OffsetSet.read(new Reader(out.bytes()));
        Writer again = new Writer(100);
        read.write(again);
        assertThat(again.bytes()).isEqualTo(out.bytes());
        return read;
    }
}
