package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import weir.amqp.AmqpTls.UserName;

/** As RabbitMQ's plug-in for EXTERNAL reads them. */
class CertificateUserTest {
    private static final X500Principal SUBJECT = new X500Principal("CN=orders, O=Shop, C=CH");

    @Test
    void distinguishedNameIsAllOfTheSubject() {
        assertThat(CertificateUser.of(SUBJECT, UserName.DISTINGUISHED_NAME)).isEqualTo("CN=orders,O=Shop,C=CH");
    }

    @Test
    void commonNameIsAPartOfIt() {
        assertThat(CertificateUser.of(SUBJECT, UserName.COMMON_NAME)).isEqualTo("orders");
        assertThat(CertificateUser.of(new X500Principal("CN=a, OU=x, CN=b"), UserName.COMMON_NAME))
                .isEqualTo("a,b");
        assertThat(CertificateUser.of(new X500Principal("O=Shop"), UserName.COMMON_NAME))
                .isEmpty();
    }
}
