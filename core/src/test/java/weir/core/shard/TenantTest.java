package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In a queue without strict order, groups are tenants, and take turns. */
final class TenantTest extends ShardFacts {
    @BeforeEach
    void aPlainQueue() {
        queue(settings -> settings);
    }

    @Test
    void tenantsTakeTurns() {
        at(0, publishTo("noisy", "n1", "n2", "n3", "n4"));
        at(1, publishTo("quiet", "q1"));
        at(1, publish("u1", "u2"));
        assertThat(received(2, 10)).containsExactly("n1", "q1", "u1", "n2", "u2", "n3", "n4");
    }

    @Test
    void aTenantsTurnGoesOnFromOneReceiveToTheNext() {
        at(0, publishTo("a", "a1", "a2", "a3"));
        at(0, publishTo("b", "b1", "b2", "b3"));
        assertThat(received(0, 1)).containsExactly("a1");
        assertThat(received(0, 2)).containsExactly("b1", "a2");
        restart();
        assertThat(received(0, 3)).containsExactly("b2", "a3", "b3");
    }

    @Test
    void aTenantIsNotLockedByItsLeases() {
        at(0, publishTo("a", "a1", "a2"));
        received(0, 1);
        assertThat(received(0, 1)).containsExactly("a2");
    }

    @Test
    void aQuietTenantWaitsForOneTurnOfEachOtherOnly() {
        List<String> noisy = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            noisy.add("n");
        }
        at(0, publishTo("noisy", noisy.toArray(String[]::new)));
        at(0, publishTo("noisy2", noisy.toArray(String[]::new)));
        received(0, 100);
        at(1, publishTo("quiet", "q"));
        List<String> next = received(2, 10);
        assertThat(next).contains("q");
        assertThat(next.indexOf("q")).isLessThan(3);
    }
}
