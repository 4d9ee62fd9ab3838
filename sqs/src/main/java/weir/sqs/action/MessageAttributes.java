package weir.sqs.action;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.Message.Header;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;
import weir.sqs.wire.Value;

/** Message attributes as the message's headers: the header's type is the attribute's data type, custom part and all. */
final class MessageAttributes {
    /** The type of headers that are this front's own and no attributes. */
    static final String SYSTEM = "sqs.system";

    static final String TRACE_HEADER = "AWSTraceHeader";

    static final String SENDER_ID = "SenderId";

    private MessageAttributes() {}

    /** Checks what a client sent. */
    static List<Header> read(Fields attributes, String action) {
        if (attributes.isEmpty()) {
            return List.of();
        }
        if (attributes.values().size() > Quotas.MESSAGE_ATTRIBUTES_MAX) {
            throw invalid("Number of message attributes [" + attributes.values().size()
                    + "] exceeds the allowed maximum [" + Quotas.MESSAGE_ATTRIBUTES_MAX + "].");
        }
        List<Header> headers = new ArrayList<>(attributes.values().size());
        for (String name : attributes.values().keySet()) {
            checkName(name);
            headers.add(header(name, attributes.map(name), action));
        }
        return headers;
    }

    /** The one system attribute that a client may send; null if it did not. */
    static @Nullable Header readTraceHeader(Fields attributes, String action) {
        Header trace = null;
        for (String name : attributes.values().keySet()) {
            Header header = header(name, attributes.map(name), action);
            if (!name.equals(TRACE_HEADER)) {
                throw invalid("Message system attribute name '" + name + "' is invalid.");
            }
            if (!header.type().equals("String") || header.value().length() > Quotas.TRACE_HEADER_BYTES_MAX) {
                throw invalid("Message system attribute '" + name + "' must be a String of at most "
                        + Quotas.TRACE_HEADER_BYTES_MAX + " bytes.");
            }
            trace = header;
        }
        return trace;
    }

    private static Header header(String name, Fields attribute, String action) {
        String type = attribute.text("DataType");
        if (type == null || type.isEmpty()) {
            throw invalid("The message attribute '" + name + "' must contain non-empty message attribute type.");
        }
        if (!attribute.items("StringListValues").isEmpty()
                || !attribute.items("BinaryListValues").isEmpty()) {
            throw SqsError.UNSUPPORTED_OPERATION.because(
                    "Message attribute list values in " + action + " operation are not supported.");
        }
        if (type.length() > Quotas.ATTRIBUTE_TYPE_CHARS_MAX) {
            throw invalid("Message (user) attribute types must be shorter than 256 Bytes");
        }
        if (!Text.isAllowed(type)) { // Its custom part: a receiver that is answered in XML could not be told it.
            throw invalid(Text.INVALID_CHARACTERS);
        }
        int dot = type.indexOf('.');
        String base = dot < 0 ? type : type.substring(0, dot);
        Bytes value =
                switch (base) {
                    case "String" -> text(name, base, attribute.text("StringValue"));
                    case "Number" -> number(name, attribute.text("StringValue"));
                    case "Binary" -> attribute.blob("BinaryValue");
                    default ->
                        throw invalid("The message attribute '" + name + "' has an invalid message attribute type, the"
                                + " set of supported type prefixes is Binary, Number, and String.");
                };
        if (value == null || value.length() == 0) {
            throw empty(name, base);
        }
        return new Header(name, type, value);
    }

    private static Bytes text(String name, String base, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            throw empty(name, base);
        }
        if (!Text.isAllowed(value)) {
            throw invalid(Text.INVALID_CHARACTERS);
        }
        return Bytes.utf8(value);
    }

    private static Bytes number(String name, @Nullable String value) {
        Bytes bytes = text(name, "Number", value);
        try {
            if (bytes.length() <= Quotas.NUMBER_CHARS_MAX) {
                var _ = new BigDecimal(bytes.utf8());
                return bytes;
            }
        } catch (NumberFormatException _) {
            // Answered below, as a number that is too long.
        }
        throw invalid("Can't cast the value of message (user) attribute '" + name + "' to a number.");
    }

    static boolean isNameAllowed(String name) {
        return !name.isEmpty()
                && name.length() <= Quotas.ATTRIBUTE_NAME_CHARS_MAX
                && hasNameChars(name)
                && !isReserved(name);
    }

    private static boolean hasNameChars(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c >= 0xC0 && c <= 0x17F; // Not documented, but AWS takes accented letters.
            if (!letter && c != '.' && !Text.isNameChar(c)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isReserved(String name) {
        return name.startsWith(".")
                || name.endsWith(".")
                || name.contains("..")
                || name.regionMatches(true, 0, "AWS.", 0, 4)
                || name.regionMatches(true, 0, "Amazon.", 0, 7);
    }

    private static void checkName(String name) {
        if (name.isEmpty() || name.length() > Quotas.ATTRIBUTE_NAME_CHARS_MAX) {
            throw invalid("Message (user) attribute names must be shorter than 256 Bytes");
        }
        if (!hasNameChars(name)) {
            throw invalid("Message (user) attributes name can only contain upper and lower score characters,"
                    + " digits, periods, hyphens and underscores. ");
        }
        if (isReserved(name)) {
            throw invalid("You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are"
                    + " reserved for internal use. Additionally, they cannot start or end with '.'.");
        }
    }

    /** What SQS counts of a message beside its body. */
    static int size(List<Header> attributes) {
        int bytes = 0;
        for (Header header : attributes) {
            bytes += Text.utf8Length(header.name())
                    + header.type().length()
                    + header.value().length();
        }
        return bytes;
    }

    /** Attributes of the message that the client asked for: all, by name, or by what its name begins with. */
    static List<Header> select(List<Header> headers, List<String> asked) {
        if (asked.isEmpty() || headers.isEmpty()) {
            return List.of();
        }
        List<Header> selected = new ArrayList<>();
        for (Header header : headers) {
            if (isAttribute(header) && isAsked(header.name(), asked)) {
                selected.add(header);
            }
        }
        return selected;
    }

    private static boolean isAsked(String name, List<String> asked) {
        for (String pattern : asked) {
            if (pattern.equals(name)
                    || pattern.equals("All")
                    || pattern.equals("*")
                    || (pattern.endsWith(".*") && name.startsWith(pattern.substring(0, pattern.length() - 2)))) {
                return true;
            }
        }
        return false;
    }

    /** Headers of other types come from other fronts or are this one's own. */
    static boolean isAttribute(Header header) {
        String type = header.type();
        return type.startsWith("String") || type.startsWith("Number") || type.startsWith("Binary");
    }

    static @Nullable String systemValue(List<Header> headers, String name) {
        for (Header header : headers) {
            if (header.type().equals(SYSTEM) && header.name().equals(name)) {
                return header.value().utf8();
            }
        }
        return null;
    }

    static Fields write(List<Header> attributes) {
        Fields written = new Fields();
        for (Header header : attributes) {
            Fields value = new Fields();
            if (isBinary(header)) {
                value.put("BinaryValue", new Value.Blob(header.value()));
            } else {
                value.put("StringValue", header.value().utf8());
            }
            written.put(header.name(), value.put("DataType", header.type()));
        }
        return written;
    }

    /** The digest that SDKs check; null if there is nothing to digest. */
    static @Nullable String md5(List<Header> attributes) {
        if (attributes.isEmpty()) {
            return null;
        }
        List<Header> sorted = new ArrayList<>(attributes);
        sorted.sort(Comparator.comparing(Header::name));
        var digest = Digests.md5();
        for (Header header : sorted) {
            Digests.counted(digest, Bytes.utf8(header.name()));
            Digests.counted(digest, Bytes.utf8(header.type()));
            digest.update(isBinary(header) ? (byte) 2 : (byte) 1);
            Digests.counted(digest, header.value());
        }
        return Digests.hex(digest);
    }

    static boolean isBinary(Header header) {
        return header.type().startsWith("Binary");
    }

    private static SqsException empty(String name, String base) {
        return invalid(
                "Message (user) attribute '" + name + "' must contain a non-empty value of type '" + base + "'.");
    }

    private static SqsException invalid(String message) {
        return SqsError.INVALID_PARAMETER_VALUE.because(message);
    }
}
