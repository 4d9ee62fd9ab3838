package weir.chaos.check;

import weir.chaos.history.Entry;

final class MendedByItself implements Invariant {
    @Override
    public String name() {
        return "mended by itself";
    }

    @Override
    public String promise() {
        return "After a harm is undone the cluster has all its replicas, sound and up to date, without an operator.";
    }

    @Override
    public void check(Journeys journeys, Findings findings) {
        for (Entry.Mended mended : journeys.history().mended()) {
            findings.looked();
            if (!mended.whole()) {
                findings.violation(
                        "After harm " + mended.number() + " the cluster was not whole again in time.", mended);
            }
        }
    }
}
