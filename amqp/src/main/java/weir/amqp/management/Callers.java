package weir.amqp.management;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.topology.Authentication;
import weir.amqp.topology.Login;
import weir.amqp.topology.Users;
import weir.core.broker.OutcomeUnknownException;

/** Who makes a request: HTTP's Basic authentication, against the users of the AMQP front. */
final class Callers {
    private static final Logger LOG = LoggerFactory.getLogger(Callers.class);
    private static final String SCHEME = "basic ";
    private static final String GUEST = "guest";

    private final Users users;
    private final boolean proven;

    /** @param proven whether a caller has to prove who he is; else he may do what guest may, as a client of AMQP then */
    Callers(Users users, boolean proven) {
        this.users = users;
        this.proven = proven;
    }

    /**
     * Who that is. Where nobody has to prove anything he still has to say who he is: no page in a browser does that
     * unasked.
     *
     * @param authorization the header; empty if there is none
     * @throws Failure if he is nobody
     */
    Login of(String authorization, InetAddress peer) throws Failure, OutcomeUnknownException, InterruptedException {
        String[] said =
                credentials(authorization).orElseThrow(() -> new Failure(401, "not_authorized", "Not_Authorized"));
        Authentication outcome = proven ? users.authenticate(said[0], said[1], peer) : users.vouched(GUEST, peer);
        return switch (outcome) {
            case Authentication.Accepted(Login login) -> login;
            case Authentication.Refused(String reason) -> {
                LOG.info("A request to the management API is refused: {}", reason);
                Thread.sleep(ManagementLimits.REFUSED_LOGIN_PAUSE);
                throw new Failure(401, "not_authorized", "Not_Authorized");
            }
        };
    }

    private static Optional<String[]> credentials(String authorization) {
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        try {
            byte[] decoded = Base64.getDecoder()
                    .decode(authorization.substring(SCHEME.length()).strip());
            String[] parts = new String(decoded, StandardCharsets.UTF_8).split(":", 2);
            return parts.length == 2 ? Optional.of(parts) : Optional.empty();
        } catch (IllegalArgumentException _) { // It is not Base64.
            return Optional.empty();
        }
    }
}
