package weir.sqs.sns.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.Message.Header;
import weir.sqs.action.Text;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SnsError;
import weir.sqs.wire.SnsException;

/** Message attributes as headers: the header's type is the attribute's data type. SNS has its own words for what is wrong. */
final class PublishedAttributes {
    private PublishedAttributes() {}

    /** @param where how the request calls the map that they are in */
    static List<Header> read(Fields attributes, String where) {
        List<Header> headers = new ArrayList<>(attributes.values().size());
        for (String name : attributes.values().keySet()) {
            checkName(name);
            headers.add(header(name, attributes.map(name), where));
        }
        return headers;
    }

    private static Header header(String name, Fields attribute, String where) {
        String type = attribute.text("DataType");
        if (type == null) {
            throw SnsError.VALIDATION_ERROR.because("1 validation error detected: Value null at '" + where + "." + name
                    + ".member.dataType' failed to satisfy constraint: Member must not be null");
        }
        int dot = type.indexOf('.');
        String base = dot < 0 ? type : type.substring(0, dot);
        boolean known = base.equals("String") || base.equals("Number") || base.equals("Binary");
        if (!known || dot == type.length() - 1) {
            throw invalid("The message attribute '" + name
                    + "' has an invalid message attribute type, the set of supported type prefixes is Binary, Number,"
                    + " and String.");
        }
        String field = base.equals("Binary") ? "Binary" : "String";
        if (!attribute.has("StringValue") && !attribute.has("BinaryValue")) {
            throw empty(name, type);
        }
        Bytes value = field.equals("Binary") ? attribute.blob("BinaryValue") : text(attribute.text("StringValue"));
        if (value == null) {
            throw invalid(
                    "The message attribute '" + name + "' with type '" + type + "' must use field '" + field + "'.");
        }
        if (value.length() == 0) {
            throw empty(name, type);
        }
        return new Header(name, type, value);
    }

    private static @Nullable Bytes text(@Nullable String value) {
        return value == null ? null : Bytes.utf8(value);
    }

    private static SnsException empty(String name, String type) {
        return invalid("The message attribute '" + name
                + "' must contain non-empty message attribute value for message attribute type '" + type + "'.");
    }

    private static void checkName(String name) {
        if (name.isEmpty() || name.length() > PublishQuotas.ATTRIBUTE_NAME_CHARS_MAX) {
            throw invalid("Length of message attribute name must be less than 256 bytes.");
        }
        if (name.charAt(0) == '.') {
            throw invalid("Invalid message attribute name starting with character '.' was found.");
        }
        if (name.charAt(name.length() - 1) == '.') {
            throw invalid("Invalid message attribute name ending with character '.' was found.");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '.' && !Text.isNameChar(c)) {
                throw invalid("Invalid non-alphanumeric character '#x"
                        + Integer.toHexString(c).toUpperCase(Locale.ROOT)
                        + "' was found in the message attribute name. Can only include alphanumeric characters,"
                        + " hyphens, underscores, or dots.");
            }
            if (c == '.' && name.charAt(i - 1) == '.') {
                throw invalid("Message attribute name can not have successive '.' character.");
            }
        }
    }

    private static SnsException invalid(String text) {
        return SnsError.INVALID_PARAMETER_VALUE.because(text);
    }

    /** What SNS counts of attributes that are not checked yet. */
    static long size(Fields attributes) {
        long bytes = 0;
        for (String name : attributes.values().keySet()) {
            Fields attribute = attributes.map(name);
            Bytes blob = attribute.blob("BinaryValue");
            bytes += Text.utf8Length(name)
                    + length(attribute.text("DataType"))
                    + length(attribute.text("StringValue"))
                    + (blob == null ? 0 : blob.length());
        }
        return bytes;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : Text.utf8Length(text);
    }
}
