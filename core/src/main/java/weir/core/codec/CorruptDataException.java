package weir.core.codec;

/** Bytes that cannot be what was written. The replica that meets it must stop rather than guess. */
public final class CorruptDataException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CorruptDataException(String message) {
        super(message);
    }

    public CorruptDataException(String message, Throwable cause) {
        super(message, cause);
    }
}
