package weir.amqp.management;

import java.util.Collections;
import java.util.Set;
import weir.amqp.topology.Login;

/** Who may use an address. Whoever may use any at all has one of the four tags. */
enum Access {
    /** All of them. */
    ANYBODY,
    MONITORING,
    ADMINISTRATOR,
    /** Those who may enter the virtual host that the address names, if it names one. */
    OF_VIRTUAL_HOST,
    /** Policymakers who may enter it. */
    POLICYMAKER_OF_VIRTUAL_HOST,
    POLICYMAKER;

    private static final Set<String> ALL = Set.of("administrator", "monitoring", "policymaker", "management");

    static boolean isUser(Login login) {
        return !Collections.disjoint(login.tags(), ALL);
    }

    static boolean isAdministrator(Login login) {
        return login.tags().contains("administrator");
    }

    /** Sees what is everybody's. */
    static boolean isMonitor(Login login) {
        return isAdministrator(login) || login.tags().contains("monitoring");
    }

    static boolean isPolicymaker(Login login) {
        return isAdministrator(login) || login.tags().contains("policymaker");
    }

    /** @throws Failure in RabbitMQ's words, if this caller may not */
    void check(Call call) throws Failure {
        Login login = call.login();
        if (!isUser(login)) {
            throw Failure.notAuthorised("Not management user");
        }
        switch (this) {
            case ANYBODY -> {}
            case MONITORING -> require(isMonitor(login), "Not monitor user");
            case ADMINISTRATOR -> require(isAdministrator(login), "Not administrator user");
            case OF_VIRTUAL_HOST -> requireVirtualHost(call);
            case POLICYMAKER_OF_VIRTUAL_HOST -> {
                require(isPolicymaker(login), "User not authorised to access object");
                requireVirtualHost(call);
            }
            case POLICYMAKER -> require(isPolicymaker(login), "User not authorised to access object");
        }
    }

    private static void require(boolean may, String otherwise) throws Failure {
        if (!may) {
            throw Failure.notAuthorised(otherwise);
        }
    }

    /** A virtual host that is not his is as good as none. */
    private static void requireVirtualHost(Call call) throws Failure {
        if (!call.mayEnterNamedHost()) {
            throw Failure.notFound("Not Found");
        }
    }
}
