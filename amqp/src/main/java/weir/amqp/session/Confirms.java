package weir.amqp.session;

import java.util.ArrayList;
import java.util.List;
import weir.amqp.wire.Method;

/**
 * As few confirms as say what became of some publications. All that were published before them are confirmed, so one that is
 * for several says nothing of those.
 */
final class Confirms {
    private Confirms() {}

    /** @param taken for each whether it is where it should be */
    static List<Method> of(List<Publication> publications, boolean[] taken) {
        List<Method> confirms = new ArrayList<>(1);
        int from = 0;
        while (from < taken.length) {
            int to = from + 1;
            while (to < taken.length && taken[to] == taken[from]) {
                to++;
            }
            long last = publications.get(to - 1).number();
            if (last > 0) {
                boolean multiple = publications.get(from).number() != last;
                confirms.add(
                        taken[from]
                                ? new Method.BasicAck(last, multiple)
                                : new Method.BasicNack(last, multiple, false));
            }
            from = to;
        }
        return confirms;
    }
}
