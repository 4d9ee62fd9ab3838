package weir.amqp.session;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import weir.amqp.AmqpTls.UserName;

/** Which user a client's certificate names. */
final class CertificateUser {
    private CertificateUser() {}

    /** Empty if it names none. */
    static String of(X500Principal subject, UserName which) {
        String name = subject.getName(X500Principal.RFC2253);
        return switch (which) {
            case DISTINGUISHED_NAME -> name;
            case COMMON_NAME -> commonName(name);
        };
    }

    /** Of several all, as RabbitMQ does it. */
    private static String commonName(String subject) {
        try {
            List<String> names = new ArrayList<>();
            for (Rdn each : new LdapName(subject).getRdns()) {
                if (each.getType().equalsIgnoreCase("CN")) {
                    names.add(String.valueOf(each.getValue()));
                }
            }
            Collections.reverse(names);
            return String.join(",", names);
        } catch (InvalidNameException _) {
            return "";
        }
    }
}
