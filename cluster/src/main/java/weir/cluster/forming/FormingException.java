package weir.cluster.forming;

/** The node cannot be part of the cluster that it was told of; the message is for the operator, and says what to do. */
public final class FormingException extends Exception {
    private static final long serialVersionUID = 1;

    public FormingException(String message) {
        super(message);
    }
}
