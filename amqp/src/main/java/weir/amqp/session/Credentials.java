package weir.amqp.session;

import weir.amqp.AmqpSettings.Mechanism;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.core.Bytes;

/**
 * Who a client says it is, and what it shows for that.
 *
 * @param isVouched whether no password is needed: it is nobody in particular, or has shown a certificate
 */
record Credentials(String user, String password, boolean isVouched) {
    /** Whom nobody in particular is taken for. */
    static final String GUEST = "guest";

    /**
     * @param certified whom the client's certificate names
     * @throws AmqpException if the response is not of the mechanism's form
     */
    static Credentials of(Mechanism mechanism, Bytes response, String certified) throws AmqpException {
        return switch (mechanism) {
            case PLAIN -> plain(response);
            case AMQPLAIN -> amqplain(response);
            case ANONYMOUS -> new Credentials(GUEST, "", true);
            case EXTERNAL -> new Credentials(certified, "", true);
        };
    }

    /** Whom to act as, who one is, and the password, with a zero between them; the first is not looked at. */
    private static Credentials plain(Bytes response) throws AmqpException {
        String text = response.utf8();
        int first = text.indexOf('\0');
        int second = text.indexOf('\0', first + 1);
        if (first < 0 || second < 0 || text.indexOf('\0', second + 1) >= 0) {
            throw new AmqpException(ErrorCode.SYNTAX_ERROR, "response is not of the mechanism PLAIN");
        }
        return new Credentials(text.substring(first + 1, second), text.substring(second + 1), false);
    }

    /** A table without its length. */
    private static Credentials amqplain(Bytes response) throws AmqpException {
        FieldTable table = FieldTable.read(response);
        if (table.get("LOGIN") instanceof String user && table.get("PASSWORD") instanceof String password) {
            return new Credentials(user, password, false);
        }
        throw new AmqpException(ErrorCode.SYNTAX_ERROR, "AMQPLAIN auth info is missing LOGIN or PASSWORD field");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "Credentials[" + user + "]";
    }
}
