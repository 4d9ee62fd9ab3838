package weir.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import weir.chaos.history.Entry;
import weir.chaos.history.History;
import weir.chaos.history.HistoryCodec;

class ReportTest {
    private static final List<Entry> ENTRIES = Stream.of(
                    "run seed=7 nodes=3 tolerance=0.1 text=3%20nodes",
                    "queue name=work front=sqs ordered=false visibility=10 attempts=0 dead=",
                    "fault 10 number=1 kind=kill text=node%201",
                    "op 9.9 10.4 client=c1 node=1 queue=work outcome=ok why= act=receive wait=0 messages=",
                    "op 10.5 10.6 client=c1 node=1 queue=work outcome=unknown why=x act=receive wait=0 messages=",
                    "op 10.7 12.5 client=c1 node=2 queue=work outcome=ok why= act=receive wait=1 messages=",
                    "op 10.1 10.2 client=c2 node=2 queue=work outcome=ok why= act=receive wait=0 messages=",
                    "op 10.1 10.2 client=c3 node=1 queue=work outcome=refused why=x act=receive wait=0 messages=",
                    "healed 13 number=1 text=",
                    "drained 20 complete=true text=")
            .map(HistoryCodec::parse)
            .toList();

    private final Report report = Report.of(History.of(ENTRIES));

    @Test
    void aPauseIsTheTimeToTheFirstSuccessBegunAfterTheFaultWithoutTheWaitThatWasAskedFor() {
        Pause pause = report.pauses().getFirst();
        assertThat(pause.micros())
                .containsOnly(java.util.Map.entry("c1", 1_500_000L), java.util.Map.entry("c2", 200_000L));
        assertThat(pause.without()).containsExactly("c3");
        assertThat(report.worstByKind()).containsOnly(java.util.Map.entry("kill", List.of(1_500_000L)));
    }

    @Test
    void theTextTellsWhatWasDoneAndWhoWaited() {
        assertThat(report.text())
                .containsPattern("10.00 s +13.00 s +kill +node 1 +\\S+ s +1.50 s +c1; no success before the next: c3");
        assertThat(report.text()).containsPattern("kill +1 +1.50 s +1.50 s");
        assertThat(report.holds()).isTrue();
    }

    @Test
    void thePageDrawsTheFaultAsABand() {
        assertThat(report.html())
                .contains("<title>kill node 1</title>")
                .contains("Every promise held")
                .endsWith("</html>\n");
    }
}
