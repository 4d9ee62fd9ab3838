package weir.cluster.damage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
    @Test
    void groupSparesAMemberOnlyIfTheOthersAreAMajority() {
        assertThat(Verdict.canSpare(List.of(1, 2, 3), 1)).isTrue();
        assertThat(Verdict.canSpare(List.of(1, 2), 1)).isFalse();
        assertThat(Verdict.canSpare(List.of(1), 1)).isFalse();
    }

    @Test
    void groupSparesWhoIsNoMember() {
        assertThat(Verdict.canSpare(List.of(2), 1)).isTrue();
        assertThat(Verdict.canSpare(List.of(), 1)).isFalse();
    }
}
