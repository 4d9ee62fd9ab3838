package weir.sqs.sns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import weir.core.catalog.Definition;

/** What is read of definitions is kept while there is room, and makes room one at a time. */
class RevisionsTest {
    private final List<String> read = new ArrayList<>();
    private final Revisions<String> revisions = new Revisions<>(this::read, _ -> 10, 100);

    private String read(Definition definition) {
        read.add(definition.name());
        return definition.name() + definition.revision();
    }

    private String of(int number, long revision) {
        return revisions.of(new Definition("k", "n" + number, new TreeMap<>(), 0, 0, 1, revision));
    }

    @Test
    void definitionIsReadOncePerRevision() {
        assertThat(of(1, 1)).isEqualTo("n11");
        assertThat(of(1, 1)).isEqualTo("n11");
        assertThat(of(1, 2)).isEqualTo("n12");
        assertThat(read).containsExactly("n1", "n1");
        assertThat(revisions.size()).isEqualTo(1);
    }

    @Test
    void onlyAsManyMakeRoomAsAreNeeded() {
        for (int i = 0; i < 1_000; i++) {
            of(i, 1);
            assertThat(revisions.size()).isEqualTo(Math.min(i + 1, 10));
        }
    }

    @Test
    void whatIsAskedForStays() {
        of(0, 1);
        for (int i = 1; i < 1_000; i++) {
            of(i, 1);
            of(0, 1);
        }
        assertThat(read.stream().filter("n0"::equals).count()).isLessThan(20);
    }
}
