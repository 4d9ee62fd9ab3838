package weir.chaos.lab;

import java.io.IOException;

/** Something that the lab itself needs did not work, so the run proves nothing. */
public final class LabException extends IOException {
    private static final long serialVersionUID = 1;

    public LabException(String message) {
        super(message);
    }
}
