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

    /** So many messages of a tenant, and of the first of them so many leased for long. */
    private void tenant(String name, int messages, int leased) {
        for (int i = 0; i < messages; i++) {
            at(0, publishTo(name, name + i));
        }
        assertThat(received(0, leased, 1_000_000)).hasSize(leased);
    }

    @Test
    void aTenantThatHoldsATenthAndThirtyLeasesWaitsForTheOthers() {
        tenant("noisy", 60, 30);
        for (int i = 0; i < 5; i++) {
            at(1, publishTo("quiet", "q" + i));
        }
        assertThat(received(1, 5)).containsExactly("q0", "q1", "q2", "q3", "q4");
        assertThat(received(1, 2)).containsExactly("noisy30", "noisy31");
    }

    @Test
    void aTenantWithFewerThanThirtyLeasesTakesItsTurn() {
        tenant("few", 40, 28);
        at(1, publishTo("quiet", "q0", "q1", "q2"));
        assertThat(received(1, 4)).containsExactly("few28", "q0", "few29", "q1");
        // Now it holds thirty, and is passed over.
        assertThat(received(1, 2)).containsExactly("q2", "few30");
    }

    @Test
    void aTenantWithATenthOfTheLeasesOrLessTakesItsTurn() {
        tenant("small", 40, 30);
        for (int tenant = 0; tenant < 27; tenant++) {
            tenant("t" + tenant, 10, 10);
        }
        at(1, publishTo("quiet", "q0", "q1", "q2", "q3"));
        assertThat(status().leased()).isEqualTo(300);
        // Thirty of three hundred is a tenth and no more; with one more each it is again no more than that.
        List<String> next = received(1, 3);
        assertThat(next.stream().filter(body -> body.startsWith("small")).toList())
                .isNotEmpty();
    }

    @Test
    void amongNoisyTenantsTheOneWithTheFewestLeasesIsFirst() {
        tenant("big", 60, 50);
        tenant("less", 42, 34);
        assertThat(status().leased()).isEqualTo(84);
        assertThat(received(1, 8)).allSatisfy(body -> assertThat(body).startsWith("less"));
        assertThat(received(1, 3)).allSatisfy(body -> assertThat(body).startsWith("big"));
    }

    @Test
    void aNoisyTenantIsNextWhenItsLeasesHaveEnded() {
        tenant("noisy", 60, 40);
        for (int i = 0; i < 50; i++) {
            at(1, publishTo("quiet", "q" + i));
        }
        assertThat(received(1, 2)).containsExactly("q0", "q1");
        for (int i = 0; i < 11; i++) {
            acknowledge(2, "noisy" + i);
        }
        assertThat(received(2, 1)).containsExactly("noisy40");
    }

    @Test
    void messagesWithoutATenantAreNeverNoisy() {
        for (int i = 0; i < 50; i++) {
            at(0, publish("u" + i));
        }
        received(0, 40, 1_000_000);
        at(1, publishTo("quiet", "q0", "q1"));
        assertThat(received(1, 3)).contains("u40", "q0");
    }

    @Test
    void whoIsNoisyIsTheSameAfterARestart() {
        tenant("noisy", 60, 30);
        at(1, publishTo("quiet", "q0", "q1"));
        restart();
        assertThat(received(1, 3)).containsExactly("q0", "q1", "noisy30");
    }
}
