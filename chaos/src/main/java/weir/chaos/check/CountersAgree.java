package weir.chaos.check;

import weir.chaos.history.Entry;

final class CountersAgree implements Invariant {
    @Override
    public String name() {
        return "counters agree";
    }

    @Override
    public String promise() {
        return "When every message is done, each queue counts none.";
    }

    @Override
    public void check(Journeys journeys, Findings findings) {
        if (!journeys.history().drained().map(Entry.Drained::complete).orElse(false)) {
            return; // Said by another check already.
        }
        for (Entry.Counted counted : journeys.history().counts()) {
            findings.looked();
            if (counted.ready() + counted.leased() + counted.delayed() != 0) {
                findings.violation(counted.queue() + " is empty, and counts messages.", counted);
            }
        }
    }
}
