package weir.sqs.policy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Addresses that have their first bits in common, as {@code 10.0.0.0/8}. */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record AddressRange(byte[] address, int bits) {
    /** Only what is written as an address: a name would be looked up in the network. */
    private static final Pattern ADDRESS =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private static final Pattern BITS = Pattern.compile("[0-9]{1,3}");

    static @Nullable AddressRange parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = bytes(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            return null;
        }
        String prefix = slash < 0 ? "" : text.substring(slash + 1);
        if (slash >= 0 && !BITS.matcher(prefix).matches()) {
            return null;
        }
        int bits = slash < 0 ? address.length * 8 : Integer.parseInt(prefix);
        return bits > address.length * 8 ? null : new AddressRange(address, bits);
    }

    boolean contains(String value) {
        byte[] other = bytes(value);
        if (other == null || other.length != address.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if (((other[bit / 8] ^ address[bit / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static byte @Nullable [] bytes(String text) {
        if (!ADDRESS.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException _) {
            return null;
        }
    }
}
