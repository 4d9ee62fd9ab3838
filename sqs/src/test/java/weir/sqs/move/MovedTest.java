package weir.sqs.move;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MovedTest {
    @Test
    void whatIsWrittenAgainIsNotCountedAgain() {
        Moved once = Moved.NONE.by("a", 3).by("b", 4);
        assertThat(once.total()).isEqualTo(7);
        assertThat(once.by("a", 3)).isEqualTo(once);
        assertThat(once.by("a", 5).total()).isEqualTo(9);
    }

    @Test
    void countsOfManyRunsStayAndTheirNamesGo() {
        Moved moved = Moved.NONE;
        for (int run = 0; run < 100; run++) {
            moved = moved.by("run " + run, 1).by("run " + run, 2);
        }
        assertThat(moved.total()).isEqualTo(200);
        assertThat(moved.runs()).hasSize(MoveLimits.RUNS_TOLD_APART);
    }
}
