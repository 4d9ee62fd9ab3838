package weir.core.access;

import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import weir.core.catalog.Definition;

/**
 * Somebody who may be known here.
 *
 * @param account twelve digits: whose resources are the user's own
 * @param created tells two users apart that bore the same name one after the other
 */
public record User(String name, String account, long created, long createdAtMillis) {
    /** The kind of its definition. */
    public static final String KIND = "user";

    /** What AWS allows in the name of a user. */
    public static final Pattern NAME = Pattern.compile("[A-Za-z0-9+=,.@_-]{1,64}");

    public static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");

    private static final String ACCOUNT_ATTRIBUTE = "account";
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int ID_DIGITS = 17;

    public User {
        if (!NAME.matcher(name).matches() || !ACCOUNT.matcher(account).matches()) {
            throw new IllegalArgumentException("user " + name + " of account " + account);
        }
    }

    public static User of(Definition definition) {
        return new User(
                definition.name(),
                Objects.requireNonNull(definition.attributes().get(ACCOUNT_ATTRIBUTE)),
                definition.created(),
                definition.createdAtMillis());
    }

    /** The attributes of the definition of a user. */
    public static SortedMap<String, String> attributes(String account) {
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put(ACCOUNT_ATTRIBUTE, account);
        return attributes;
    }

    /** A name that is never used again, in the form that AWS gives it. */
    public String id() {
        char[] digits = new char[ID_DIGITS];
        long rest = created;
        for (int i = ID_DIGITS - 1; i >= 0; i--) {
            digits[i] = BASE32.charAt((int) (rest & 31));
            rest >>>= 5;
        }
        return "AIDA" + new String(digits);
    }
}
