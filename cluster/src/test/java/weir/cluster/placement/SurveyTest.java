package weir.cluster.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;

final class SurveyTest {
    private final SortedMap<Integer, NodeReport> reports = new TreeMap<>();

    @Test
    void whoLeadsInTheNewestTermIsTheLeader() {
        says(1, true, 3, 1, 2, 3);
        says(2, true, 4, 1, 2, 3);
        assertThat(leader()).hasValue(2);
    }

    /** What it says of the members is from before, and a replica would be dropped by it that a newer leader has added. */
    @Test
    void whoLedBeforeAMembersNewerTermIsNoLeader() {
        says(1, true, 3, 1, 2, 3);
        says(2, false, 4, 1, 2, 3);
        assertThat(leader()).isEmpty();
    }

    @Test
    void whoIsNoMemberDeposesNobody() {
        says(1, true, 3, 1, 2, 3);
        says(4, false, 9, 1, 2, 3, 4);
        assertThat(leader()).hasValue(1);
    }

    private OptionalInt leader() {
        Survey survey = Survey.of(List.of(), List.of(), reports, Map.of(), new Watch(0), 0);
        return Objects.requireNonNull(survey.groups().get(GroupId.CATALOG)).leader();
    }

    private void says(int node, boolean leads, long term, int... members) {
        ReplicaState state = new ReplicaState(
                GroupId.CATALOG,
                leads,
                OptionalInt.empty(),
                term,
                0,
                0,
                0,
                0,
                IntStream.of(members)
                        .mapToObj(member -> new Member(member, "127.0.0.1", 7100 + member))
                        .toList(),
                List.of(),
                null);
        reports.put(node, new NodeReport(node, false, List.of(new ReplicaReport(state, false, null, 0, 0))));
    }
}
