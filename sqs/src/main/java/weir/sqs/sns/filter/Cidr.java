package weir.sqs.sns.filter;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * A block of addresses.
 *
 * @param address 4 or 16 bytes, of which those beyond the mask are zero
 * @param maskBits how many bits of the address count
 */
record Cidr(Bytes address, int maskBits) {
    private static final Pattern V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    /** An address in text has at most 45 characters; what looks like a name would be asked of a name server. */
    private static final Pattern V6 = Pattern.compile("(?=.*:)[0-9a-fA-F:.]{2,45}");

    /** @throws IllegalArgumentException in AWS's words */
    static Cidr of(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("Malformed CIDR, one '/' required");
        }
        int maskBits;
        try {
            maskBits = Integer.parseInt(parts[1]);
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException("Malformed CIDR, mask bits must be an integer");
        }
        if (maskBits < 0) {
            throw new IllegalArgumentException("Malformed CIDR, mask bits must not be negative");
        }
        byte[] address = parse(parts[0]);
        if (address == null) {
            throw new IllegalArgumentException("Nonstandard IP address: " + parts[0]);
        }
        if (maskBits >= address.length * 8) {
            throw new IllegalArgumentException(
                    address.length == 4 ? "IPv4 mask bits must be < 32" : "IPv6 mask bits must be < 128");
        }
        return new Cidr(Bytes.of(masked(address, maskBits)), maskBits);
    }

    boolean contains(String text) {
        byte[] other = parse(text);
        return other != null
                && other.length == address.length()
                && Arrays.equals(masked(other, maskBits), address.toArray());
    }

    private static byte @Nullable [] parse(String text) {
        boolean literal = V4.matcher(text).matches() || V6.matcher(text).matches();
        try {
            return literal ? InetAddress.ofLiteral(text).getAddress() : null;
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private static byte[] masked(byte[] address, int bits) {
        byte[] masked = address.clone();
        for (int i = 0; i < masked.length; i++) {
            int left = Math.clamp(bits - 8L * i, 0, 8);
            masked[i] &= (byte) (0xFF << (8 - left));
        }
        return masked;
    }
}
