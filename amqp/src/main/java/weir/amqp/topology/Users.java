package weir.amqp.topology;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import weir.core.access.User;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Definition;

/** Users with passwords and tags. Safe for use by any number of threads. */
public final class Users {
    private final Broker broker;
    private final Changes changes;
    private final TopologySettings settings;
    private volatile Set<String> loopbackUsers;

    Users(Broker broker, TopologySettings settings) {
        this.broker = broker;
        this.changes = new Changes(broker);
        this.settings = settings;
        this.loopbackUsers = settings.loopbackUsers();
    }

    /** Those who are let in from this machine only, from now on and at this node. */
    public void loopbackUsers(Set<String> users) {
        loopbackUsers = Set.copyOf(users);
    }

    /** Those who are let in from this machine only. */
    public Set<String> loopbackUsers() {
        return loopbackUsers;
    }

    /**
     * Who that is, if he is somebody.
     *
     * @param peer whence he calls
     */
    public Authentication authenticate(String name, String password, InetAddress peer)
            throws OutcomeUnknownException, InterruptedException {
        Optional<Account> account = find(name);
        // A name that is unknown costs what a known one does.
        boolean right = account.map(Account::password).orElse(PasswordHash.NONE).isOf(password);
        if (account.isEmpty() || !right) {
            return new Authentication.Refused("user '" + name + "' - invalid credentials");
        }
        return admitted(account.get(), peer);
    }

    /** The same of one who has shown who he is in another way, by a certificate for instance. */
    public Authentication vouched(String name, InetAddress peer) throws OutcomeUnknownException, InterruptedException {
        Optional<Account> account = find(name);
        return account.isPresent()
                ? admitted(account.get(), peer)
                : new Authentication.Refused("user '" + name + "' - invalid credentials");
    }

    private Authentication admitted(Account account, InetAddress peer) {
        return loopbackUsers.contains(account.user()) && !peer.isLoopbackAddress()
                ? new Authentication.Refused("user '" + account.user() + "' can only connect via localhost")
                : new Authentication.Accepted(account.login());
    }

    /** One who is a user still, made through whichever node. */
    public Optional<Account> find(String name) throws OutcomeUnknownException, InterruptedException {
        if (!User.NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        return broker.definitionAnywhere(Account.KIND, name).map(Account::of).filter(account -> broker.definition(
                        User.KIND, name)
                .map(User::of)
                .filter(account::isOf)
                .isPresent());
    }

    /** Whether he is a user still, as far as this node knows. */
    public boolean isThere(Login login) {
        return broker.definition(User.KIND, login.user())
                .filter(user -> user.created() == login.created())
                .isPresent();
    }

    /** All, by name. */
    public List<Account> list() {
        List<Account> all = new ArrayList<>();
        for (Definition definition : broker.definitions(Account.KIND, "", "", Integer.MAX_VALUE)) {
            Account account = Account.of(definition);
            if (broker.definition(User.KIND, account.user())
                    .map(User::of)
                    .filter(account::isOf)
                    .isPresent()) {
                all.add(account);
            }
        }
        return all;
    }

    /**
     * Makes a user, or gives one another password and other tags.
     *
     * @throws RefusedException if nobody can have that name
     */
    public Account put(String name, PasswordHash password, Set<String> tags)
            throws RefusedException, OutcomeUnknownException, InterruptedException {
        if (!User.NAME.matcher(name).matches()) {
            throw new RefusedException(
                    "the user's name is \"" + name + "\", allowed are 1 to 64 letters, digits and + = , . @ _ -");
        }
        User user = user(name);
        return done(changes.put(Account.KIND, name, before -> {
            Optional<Account> known = before.map(Account::of).filter(account -> account.isOf(user));
            return new Account(
                            name,
                            user.created(),
                            password,
                            tags,
                            known.map(Account::connectionsMax).orElse(VirtualHost.UNLIMITED),
                            known.map(Account::channelsMax).orElse(VirtualHost.UNLIMITED))
                    .attributes();
        }));
    }

    /** Changes what a user may have; {@link VirtualHost#UNLIMITED} for no limit. */
    public Account limit(String name, long connectionsMax, long channelsMax)
            throws RefusedException, OutcomeUnknownException, InterruptedException {
        Account account = find(name).orElseThrow(() -> new RefusedException("there is no user \"" + name + "\""));
        return done(changes.put(Account.KIND, name, before -> {
            Account now = before.map(Account::of).orElse(account);
            return new Account(name, now.userCreated(), now.password(), now.tags(), connectionsMax, channelsMax)
                    .attributes();
        }));
    }

    private static Account done(Changes.Made made) throws RefusedException {
        return switch (made) {
            case Changes.Made.Done(Definition definition, boolean _) -> Account.of(definition);
            case Changes.Made.TooMany() -> throw new RefusedException("no more users can be created here");
        };
    }

    private User user(String name) throws RefusedException, OutcomeUnknownException, InterruptedException {
        return switch (changes.create(User.KIND, name, User.attributes(settings.account()))) {
            case Changes.Made.Done(Definition definition, boolean _) -> User.of(definition);
            case Changes.Made.TooMany() -> throw new RefusedException("no more users can be created here");
        };
    }

    /**
     * The user ends, for every front; permissions and keys that stay behind are nobody's.
     *
     * @return false if there is none
     */
    public boolean delete(String name) throws OutcomeUnknownException, InterruptedException {
        if (find(name).isEmpty()) {
            return false;
        }
        changes.remove(User.KIND, name);
        changes.remove(Account.KIND, name);
        return true;
    }
}
