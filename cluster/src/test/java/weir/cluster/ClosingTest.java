package weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClosingTest {
    private final List<String> closed = new ArrayList<>();

    @Test
    void whatCannotBeClosedKeepsNothingElseOpen() {
        Closing closing = new Closing();
        closing.add("first", () -> closed.add("first"));
        closing.add("second", () -> {
            throw new IOException("broken");
        });
        closing.add("third", () -> {
            throw new IllegalStateException("broken too");
        });
        closing.add("fourth", () -> closed.add("fourth"));
        assertThatThrownBy(closing::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("third could not be closed: broken too")
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
        assertThat(closed).containsExactly("fourth", "first");
        closing.close();
        assertThat(closed).hasSize(2);
    }
}
