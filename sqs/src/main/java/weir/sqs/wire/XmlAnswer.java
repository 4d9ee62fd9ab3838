package weir.sqs.wire;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import weir.core.Bytes;
import weir.sqs.wire.Shape.ListOf;
import weir.sqs.wire.Shape.MapOf;
import weir.sqs.wire.Shape.Member;
import weir.sqs.wire.Shape.Scalar;
import weir.sqs.wire.Shape.Structure;

/** Writes answers in AWS's Query protocol. Names come from the shape. */
public final class XmlAnswer {
    public static final String CONTENT_TYPE = "text/xml";

    private final StringBuilder out = new StringBuilder(1024);

    private XmlAnswer() {}

    public static byte[] result(ServedOperation operation, Fields result, String requestId) {
        var xml = new XmlAnswer();
        xml.out.append("<?xml version=\"1.0\"?><").append(operation.wireName()).append("Response xmlns=\"");
        xml.out.append(operation.service().namespace()).append("\">");
        Structure output = operation.output();
        if (output != null) {
            xml.result(output, result);
        }
        xml.open("ResponseMetadata");
        xml.element("RequestId", requestId);
        xml.close("ResponseMetadata");
        xml.close(operation.wireName() + "Response");
        return xml.bytes();
    }

    /** One element without content if there is nothing to say: clients look for it. */
    private void result(Structure output, Fields result) {
        int start = out.length();
        open(output.name());
        int content = out.length();
        fields(output, result);
        if (out.length() > content) {
            close(output.name());
        } else {
            out.setLength(start);
            out.append('<').append(output.name()).append("/>");
        }
    }

    public static byte[] error(Service service, ServiceException error, String requestId) {
        var xml = new XmlAnswer();
        xml.out.append("<?xml version=\"1.0\"?><ErrorResponse xmlns=\"");
        xml.out.append(service.namespace()).append("\">");
        xml.open("Error");
        xml.element("Type", error.isSendersFault() ? "Sender" : "Receiver");
        xml.element("Code", error.code());
        xml.element("Message", textOf(error));
        if (service == Service.SQS) {
            xml.out.append("<Detail/>");
        }
        xml.close("Error");
        xml.element("RequestId", requestId);
        xml.close("ErrorResponse");
        return xml.bytes();
    }

    /** AWS words this one error differently in the two protocols. */
    static String textOf(ServiceException error) {
        return error instanceof SqsException sqs && sqs.error() == SqsError.QUEUE_DOES_NOT_EXIST
                ? "The specified queue does not exist for this wsdl version."
                : error.text();
    }

    private void fields(Structure shape, Fields fields) {
        for (Map.Entry<String, Value> entry : fields.values().entrySet()) {
            Member member = shape.member(entry.getKey());
            if (member == null) {
                throw new IllegalStateException(shape.name() + " has no " + entry.getKey());
            }
            member(member.queryName(), member.shape(), entry.getValue());
        }
    }

    private void member(String name, Shape shape, Value value) {
        switch (value) {
            case Value.Text(String text) -> element(name, text);
            case Value.Whole(long number) -> element(name, Long.toString(number));
            case Value.Flag(boolean set) -> element(name, Boolean.toString(set));
            case Value.Blob(Bytes bytes) -> element(name, Base64.getEncoder().encodeToString(bytes.toArray()));
            case Value.Items(var items) -> list(name, shape, items);
            case Fields fields -> named(name, shape, fields);
        }
    }

    /** A list that is not flattened is there even if it is empty: clients of SNS rely on it. */
    private void list(String name, Shape shape, List<? extends Value> items) {
        if (!(shape instanceof ListOf(Shape element, String itemName))) {
            throw new IllegalStateException(name + " is no list");
        }
        if (itemName != null) {
            open(name);
        }
        for (Value item : items) {
            member(itemName == null ? name : itemName, element, item);
        }
        if (itemName != null) {
            close(name);
        }
    }

    private void named(String name, Shape shape, Fields fields) {
        switch (shape) {
            case Structure structure -> {
                open(name);
                fields(structure, fields);
                close(name);
            }
            case MapOf map -> map(name, map, fields);
            case Scalar _, ListOf _ -> throw new IllegalStateException(name + " is no structure");
        }
    }

    private void map(String name, MapOf shape, Fields fields) {
        String entryName = shape.entry() == null ? name : shape.entry();
        if (shape.entry() != null) {
            open(name);
        }
        for (Map.Entry<String, Value> entry : fields.values().entrySet()) {
            open(entryName);
            element(shape.keyName(), entry.getKey());
            member(shape.valueName(), shape.value(), entry.getValue());
            close(entryName);
        }
        if (shape.entry() != null) {
            close(name);
        }
    }

    private void open(String name) {
        out.append('<').append(name).append('>');
    }

    private void close(String name) {
        out.append("</").append(name).append('>');
    }

    private void element(String name, String text) {
        open(name);
        escape(text);
        close(name);
    }

    private void escape(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\r' -> out.append("&#13;"); // A parser would turn a bare one into a line feed.
                case '\t', '\n' -> out.append(c);
                // What XML cannot carry at all: only another protocol's publisher can have sent it.
                default -> out.append(c < 0x20 || c == 0xFFFE || c == 0xFFFF ? '\uFFFD' : c);
            }
        }
    }

    private byte[] bytes() {
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }
}
