package weir.storage;

/** The process ended here. Not an {@code IOException}: nothing may handle it. */
public final class SimulatedCrash extends Error {
    private static final long serialVersionUID = 1;

    public SimulatedCrash() {
        super("the machine lost its power");
    }
}
