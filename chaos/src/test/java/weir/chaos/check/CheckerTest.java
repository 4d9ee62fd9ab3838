package weir.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import weir.chaos.history.Entry;
import weir.chaos.history.History;
import weir.chaos.history.HistoryCodec;

/** For each promise, histories that keep it and histories that break it; and that each breaks no other. */
class CheckerTest {
    /** Leases of 10 s in {@code work} (four attempts), {@code ordered} and {@code wide}, clocks 0.1 s apart. */
    private static final String QUEUES = """
            run seed=1 nodes=3 tolerance=0.1 text=
            queue name=work front=sqs ordered=false visibility=10 attempts=4 dead=dead
            queue name=ordered front=sqs ordered=true visibility=10 attempts=4 dead=dead
            queue name=wide front=sqs ordered=true partitions=4 visibility=10 attempts=4 dead=dead
            queue name=dead front=sqs ordered=false visibility=10 attempts=0 dead=
            """;

    private static final String DRAINED = "drained 100 complete=true text=";

    /** The promises that the history breaks. */
    private static List<String> broken(String... lines) {
        List<Entry> entries = Stream.concat(QUEUES.lines(), Stream.of(lines).flatMap(String::lines))
                .map(HistoryCodec::parse)
                .toList();
        return Checker.check(History.of(entries)).stream()
                .filter(verdict -> !verdict.holds())
                .map(Verdict::name)
                .toList();
    }

    private static String op(double begin, double end, String outcome, String rest) {
        return "op " + begin + " " + end + " client=c1 node=1 queue=work outcome=" + outcome + " why= " + rest;
    }

    private static String sent(double begin, double end, String outcome, String id) {
        return op(begin, end, outcome, "act=publish id=" + id + " group= checksum=c delay=0 place=@" + id);
    }

    private static String received(double begin, double end, String id, String lease, int attempts) {
        return op(begin, end, "ok", "act=receive wait=0 messages=" + id + ",c,@" + id + "," + lease + "," + attempts);
    }

    private static String acknowledged(double begin, double end, String outcome, String id, String lease) {
        return op(begin, end, outcome, "act=acknowledge id=" + id + " lease=" + lease);
    }

    private static String extended(double begin, double end, String id, String lease, double visibility) {
        return op(begin, end, "ok", "act=extend id=" + id + " lease=" + lease + " visibility=" + visibility);
    }

    private static String on(String queue, String line) {
        return line.replace("queue=work", "queue=" + queue);
    }

    private static String inGroup(String line) {
        return on("ordered", line).replace("group=", "group=g");
    }

    @Test
    void aGoodRunBreaksNothing() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        received(3, 4, "m", "l1", 1),
                        acknowledged(5, 6, "ok", "m", "l1"),
                        DRAINED,
                        "counted 100 queue=work ready=0 leased=0 delayed=0"))
                .isEmpty();
    }

    // ---- Nothing lost

    @Test
    void anAcknowledgedMessageThatNeverComesIsLost() {
        assertThat(broken(sent(1, 2, "ok", "m"), DRAINED)).containsExactly("nothing lost");
    }

    @Test
    void oneThatWasDeliveredButNeverDoneWithIsLostToo() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        received(3, 4, "m", "l1", 1),
                        acknowledged(15, 16, "refused", "m", "l1"),
                        DRAINED))
                .containsExactly("nothing lost");
    }

    @Test
    void oneWhoseSendingOrAcknowledgingHasNoAnswerMayBeGone() {
        assertThat(broken(
                        sent(1, 2, "unknown", "m"),
                        sent(1, 2, "ok", "n"),
                        received(3, 4, "n", "l1", 1),
                        acknowledged(5, 6, "unknown", "n", "l1"),
                        DRAINED))
                .isEmpty();
    }

    @Test
    void aRunThatWasNotDrainedShowsNothing() {
        assertThat(broken(sent(1, 2, "unknown", "m"))).containsExactly("nothing lost");
        assertThat(broken("drained 100 complete=false text=")).containsExactly("nothing lost");
    }

    // ---- Nothing comes back

    @Test
    void aMessageThatIsDeliveredAfterItsAcknowledgementCameBack() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        received(3, 4, "m", "l1", 1),
                        acknowledged(5, 6, "ok", "m", "l1"),
                        received(30, 31, "m", "l2", 2),
                        acknowledged(32, 33, "ok", "m", "l2"),
                        DRAINED))
                .containsExactly("nothing comes back");
    }

    @Test
    void aLateAcknowledgementBindsIfNobodyHadTheMessageBetween() {
        String[] late = {
            sent(1, 2, "ok", "m"), received(3, 4, "m", "l1", 1), acknowledged(25, 26, "ok", "m", "l1"), DRAINED
        };
        assertThat(broken(Stream.concat(
                                Stream.of(late),
                                Stream.of(received(30, 31, "m", "l2", 2), acknowledged(32, 33, "ok", "m", "l2")))
                        .toArray(String[]::new)))
                .containsExactly("nothing comes back");
        assertThat(broken(Stream.concat(
                                Stream.of(late),
                                Stream.of(received(30, 31, "m", "l3", 3), acknowledged(32, 33, "ok", "m", "l3")))
                        .toArray(String[]::new)))
                .isEmpty();
    }

    @Test
    void anAcknowledgementWithoutAnswerBindsNobody() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        received(3, 4, "m", "l1", 1),
                        acknowledged(5, 6, "unknown", "m", "l1"),
                        received(30, 31, "m", "l2", 2),
                        acknowledged(32, 33, "ok", "m", "l2"),
                        DRAINED))
                .isEmpty();
    }

    @Test
    void anAcknowledgedMessageMayNotBecomeADeadLetter() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        received(3, 4, "m", "l1", 4),
                        acknowledged(5, 6, "ok", "m", "l1"),
                        on("dead", received(30, 31, "m", "l2", 1)),
                        on("dead", acknowledged(32, 33, "ok", "m", "l2")),
                        DRAINED))
                .containsExactly("nothing comes back");
    }

    // ---- Nothing invented, bodies unchanged

    @Test
    void whatNobodySentIsInvented() {
        assertThat(broken(received(3, 4, "m", "l1", 1), acknowledged(5, 6, "ok", "m", "l1"), DRAINED))
                .containsExactly("nothing invented");
    }

    @Test
    void whatWasRefusedIsInvented() {
        assertThat(broken(
                        sent(1, 2, "refused", "m"),
                        received(3, 4, "m", "l1", 1),
                        acknowledged(5, 6, "ok", "m", "l1"),
                        DRAINED))
                .containsExactly("nothing invented");
    }

    @Test
    void aMessageOfAnotherQueueIsInvented() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        on("ordered", received(3, 4, "m", "l1", 1)),
                        on("ordered", acknowledged(5, 6, "ok", "m", "l1")),
                        DRAINED))
                .containsExactly("nothing invented");
    }

    @Test
    void aMessageWithoutAnAnswerToItsSendingMayCome() {
        assertThat(broken(
                        sent(1, 2, "unknown", "m"),
                        received(3, 4, "m", "l1", 1),
                        acknowledged(5, 6, "ok", "m", "l1"),
                        DRAINED))
                .isEmpty();
    }

    @Test
    void anotherBodyIsNoticed() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        received(3, 4, "m", "l1", 1).replace(",c,", ",d,"),
                        acknowledged(5, 6, "ok", "m", "l1"),
                        DRAINED))
                .containsExactly("bodies unchanged");
    }

    // ---- One lease at a time

    @Test
    void aMessageThatIsHeldIsGivenToNobodyElse() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        received(3, 4, "m", "l1", 1),
                        received(11, 12.8, "m", "l2", 2),
                        acknowledged(13, 14, "ok", "m", "l2"),
                        DRAINED))
                .containsExactly("one lease at a time");
    }

    @Test
    void aLeaseThatMayHaveEndedBindsNobody() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        received(3, 4, "m", "l1", 1),
                        received(11, 12.95, "m", "l2", 2), // Within the tolerance of 13.
                        extended(13, 13.1, "m", "l2", 0),
                        received(13.05, 13.2, "m", "l3", 3), // Released.
                        acknowledged(13.3, 13.4, "unknown", "m", "l3"),
                        received(13.35, 13.5, "m", "l4", 4), // No answer: perhaps not done, but then perhaps not held.
                        acknowledged(14, 15, "ok", "m", "l4"),
                        DRAINED))
                .isEmpty();
    }

    @Test
    void anExtendedLeaseBinds() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        received(3, 4, "m", "l1", 1),
                        extended(5, 6, "m", "l1", 20),
                        received(20, 21, "m", "l2", 2),
                        acknowledged(22, 23, "ok", "m", "l2"),
                        DRAINED))
                .containsExactly("one lease at a time");
    }

    // ---- Order within groups

    @Test
    void aMessageOvertakesNoneOfItsGroup() {
        assertThat(broken(
                        inGroup(sent(1, 2, "ok", "m")),
                        inGroup(sent(3, 4, "ok", "n")),
                        on("ordered", received(5, 6, "n", "l1", 1)),
                        on("ordered", acknowledged(7, 8, "ok", "n", "l1")),
                        on("ordered", received(9, 10, "m", "l2", 1)),
                        on("ordered", acknowledged(11, 12, "ok", "m", "l2")),
                        DRAINED))
                .containsExactly("order within groups");
    }

    /** The first of group g, the next of group h; the second is taken out first. */
    private static String[] inGroupsOf(String queue, String g, String h) {
        return new String[] {
            on(queue, sent(1, 2, "ok", "m").replace("group=", "group=" + g)),
            on(queue, sent(3, 4, "ok", "n").replace("group=", "group=" + h)),
            on(queue, received(5, 6, "n", "l1", 1)),
            on(queue, acknowledged(7, 8, "ok", "n", "l1")),
            on(queue, received(9, 10, "m", "l2", 1)),
            on(queue, acknowledged(11, 12, "ok", "m", "l2")),
            DRAINED
        };
    }

    @Test
    void amongPartitionsOnlyTheOrderWithinGroupsIsKept() {
        assertThat(broken(inGroupsOf("wide", "g", "h"))).isEmpty();
        assertThat(broken(inGroupsOf("wide", "g", "g"))).containsExactly("order within groups");
    }

    @Test
    void aMessageFollowsOneThatIsPerhapsDone() {
        assertThat(broken(
                        inGroup(sent(1, 2, "ok", "m")),
                        inGroup(sent(3, 4, "ok", "n")),
                        on("ordered", received(5, 6, "m", "l1", 1)),
                        on("ordered", acknowledged(7, 20, "unknown", "m", "l1")),
                        on("ordered", received(8, 9, "n", "l2", 1)),
                        on("ordered", acknowledged(11, 12, "ok", "n", "l2")),
                        DRAINED))
                .isEmpty();
    }

    @Test
    void messagesOfAGroupComeTogetherInTheirOrder() {
        String both = "op 5 6 client=c1 node=1 queue=ordered outcome=ok why= act=receive wait=0 messages=";
        String sends = inGroup(sent(1, 2, "ok", "m")) + "\n" + inGroup(sent(3, 4, "ok", "n"));
        String acknowledgements = on("ordered", acknowledged(11, 12, "ok", "m", "l1")) + "\n"
                + on("ordered", acknowledged(11, 12, "ok", "n", "l2"));
        assertThat(broken(sends, both + "m,c,@m,l1,1;n,c,@n,l2,1", acknowledgements, DRAINED))
                .isEmpty();
        assertThat(broken(sends, both + "n,c,@n,l2,1;m,c,@m,l1,1", acknowledgements, DRAINED))
                .containsExactly("order within groups");
    }

    @Test
    void aMessageFollowsOneThatHasLeftForTheDeadLetters() {
        assertThat(broken(
                        inGroup(sent(1, 2, "ok", "m")),
                        inGroup(sent(3, 4, "ok", "n")),
                        on("ordered", received(5, 6, "m", "l1", 4)),
                        on("ordered", extended(7, 8, "m", "l1", 0)),
                        on("ordered", received(9, 10, "n", "l2", 1)),
                        on("ordered", acknowledged(11, 12, "ok", "n", "l2")),
                        on("dead", received(12, 13, "m", "l3", 1)),
                        on("dead", acknowledged(14, 15, "ok", "m", "l3")),
                        DRAINED))
                .isEmpty();
    }

    // ---- One copy, attempts, dead letters

    @Test
    void aRepeatedSendIsOneMessage() {
        assertThat(broken(
                        sent(1, 2, "unknown", "m"),
                        sent(3, 4, "ok", "m"),
                        sent(5, 6, "ok", "m").replace("@m", "@m2"),
                        received(7, 8, "m", "l1", 1),
                        acknowledged(9, 10, "ok", "m", "l1"),
                        DRAINED))
                .containsExactly("one copy");
        assertThat(broken(
                        sent(1, 2, "unknown", "m"),
                        sent(3, 4, "ok", "m"),
                        received(7, 8, "m", "l1", 1),
                        acknowledged(9, 10, "ok", "m", "l1"),
                        DRAINED))
                .isEmpty();
    }

    @Test
    void aSecondCopyIsNoticedWhenItIsDelivered() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        received(7, 8, "m", "l1", 1),
                        received(7, 8, "m", "l2", 1).replace("@m", "@m2"),
                        acknowledged(9, 10, "ok", "m", "l1"),
                        acknowledged(9, 10, "ok", "m", "l2"),
                        DRAINED))
                .contains("one copy");
    }

    @Test
    void theNumberOfAttemptsNeverFalls() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        received(3, 4, "m", "l1", 2),
                        received(30, 31, "m", "l2", 1),
                        acknowledged(32, 33, "ok", "m", "l2"),
                        DRAINED))
                .containsExactly("attempts rise");
    }

    @Test
    void noTwoDeliveriesHaveOneNumber() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        received(3, 4, "m", "l1", 1),
                        received(30, 31, "m", "l2", 1),
                        acknowledged(32, 33, "ok", "m", "l2"),
                        DRAINED))
                .containsExactly("attempts rise");
    }

    @Test
    void aMessageIsTriedNoMoreOftenThanAllowed() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        received(3, 4, "m", "l1", 5),
                        acknowledged(5, 6, "ok", "m", "l1"),
                        DRAINED))
                .containsExactly("dead letters once");
    }

    @Test
    void aDeadLetterIsNotInItsOwnQueueToo() {
        assertThat(broken(
                        sent(1, 2, "ok", "m"),
                        on("dead", received(3, 4, "m", "l1", 1)),
                        received(5, 6, "m", "l2", 2),
                        on("dead", acknowledged(7, 8, "ok", "m", "l1")),
                        acknowledged(7, 8, "ok", "m", "l2"),
                        DRAINED))
                .containsExactly("dead letters once");
    }

    // ---- Delays, counters, progress

    @Test
    void aDelayedMessageIsNotEarly() {
        String send = sent(1, 2, "ok", "m").replace("delay=0", "delay=5");
        assertThat(broken(send, received(3, 4, "m", "l1", 1), acknowledged(5, 6, "ok", "m", "l1"), DRAINED))
                .containsExactly("never early");
        assertThat(broken(send, received(5, 6, "m", "l1", 1), acknowledged(7, 8, "ok", "m", "l1"), DRAINED))
                .isEmpty();
    }

    @Test
    void anEmptyQueueCountsNothing() {
        assertThat(broken(DRAINED, "counted 100 queue=work ready=0 leased=1 delayed=0"))
                .containsExactly("counters agree");
    }

    @Test
    void aClusterThatStaysInPiecesIsNamed() {
        assertThat(broken("mended 5 number=1 whole=true text=", DRAINED)).isEmpty();
        assertThat(broken("mended 5 number=1 whole=false text=shard%201", DRAINED))
                .containsExactly("mended by itself");
    }

    @Test
    void aClientThatNeverRecoversIsNamed() {
        String fault = "fault 1 number=1 kind=kill text=\nhealed 5 number=1 text=";
        assertThat(broken(fault, sent(6, 7, "unknown", "m"), sent(25, 26, "unknown", "n"), DRAINED))
                .containsExactly("progress after healing");
        assertThat(broken(
                        fault,
                        sent(6, 7, "unknown", "m"),
                        sent(8, 9, "unknown", "o"),
                        sent(9, 10, "unknown", "n"),
                        DRAINED))
                .isEmpty();
        assertThat(broken(
                        fault,
                        "fault 10 number=2 kind=kill text=",
                        sent(6, 7, "unknown", "m"),
                        sent(25, 26, "unknown", "n"),
                        DRAINED))
                .isEmpty();
    }
}
