package weir.amqp.topology;

/**
 * What somebody who manages users, virtual hosts or policies wants is not possible; the text is for him. Clients that speak
 * AMQP do not manage, so there is no code.
 */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    public RefusedException(String text) {
        super(text, null, false, false);
    }
}
