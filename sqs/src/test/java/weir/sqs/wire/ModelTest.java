package weir.sqs.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import weir.sqs.wire.Shape.ListOf;
import weir.sqs.wire.Shape.MapOf;
import weir.sqs.wire.Shape.Member;
import weir.sqs.wire.Shape.Scalar;
import weir.sqs.wire.Shape.Structure;

/** The tables of actions and errors against the model of SQS that AWS publishes. */
class ModelTest {
    private static final String NAMESPACE = "com.amazonaws.sqs#";
    private static final JsonNode SHAPES = read();

    private static JsonNode read() {
        try (InputStream model =
                ModelTest.class.getResourceAsStream("/META-INF/smithy/2012-11-05/sqs-2012-11-05.json")) {
            return JsonMapper.shared().readTree(Objects.requireNonNull(model)).get("shapes");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode shape(String name) {
        return SHAPES.get(name.startsWith("smithy.api#") ? name : NAMESPACE + name);
    }

    private static String target(JsonNode member) {
        String target = member.get("target").asString();
        return target.startsWith(NAMESPACE) ? target.substring(NAMESPACE.length()) : target;
    }

    @Test
    void everyActionOfTheModelIsServed() {
        var actions = new TreeSet<String>();
        SHAPES.propertyStream().forEach(shape -> {
            if (shape.getValue().get("type").asString().equals("operation")) {
                actions.add(shape.getKey().substring(NAMESPACE.length()));
            }
        });
        var known = new TreeSet<String>();
        for (Operation operation : Operation.values()) {
            known.add(operation.wireName());
        }
        assertThat(known).isEqualTo(actions);
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void actionHasTheShapesOfTheModel(Operation operation) {
        JsonNode model = shape(operation.wireName());
        assertThat(differences(operation.input(), target(model.get("input")))).isEmpty();
        Structure output = operation.output();
        if (output == null) {
            assertThat(target(model.get("output"))).isEqualTo("smithy.api#Unit");
        } else {
            assertThat(differences(output, target(model.get("output")))).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(SqsError.class)
    void errorHasTheCodeAndStatusOfTheModel(SqsError error) {
        JsonNode model = shape(error.shape());
        if (!error.isInModel()) {
            assertThat(model).isNull();
            return;
        }
        JsonNode traits = model.get("traits");
        assertThat(traits.get("smithy.api#error").asString()).isEqualTo("client");
        assertThat(error.isSendersFault()).isTrue();
        JsonNode query = traits.get("aws.protocols#awsQueryError");
        assertThat(error.code())
                .isEqualTo(query == null ? error.shape() : query.get("code").asString());
        assertThat(error.status())
                .isEqualTo(query == null ? 400 : query.get("httpResponseCode").asInt());
    }

    private static List<String> differences(Structure ours, String name) {
        List<String> differences = new ArrayList<>();
        JsonNode model = shape(name);
        if (!ours.name().equals(name)) {
            differences.add(ours.name() + " is called " + name);
        }
        var theirs = new ArrayList<String>();
        model.get("members").propertyNames().forEach(theirs::add);
        assertThat(ours.members().stream().map(Member::name)).containsExactlyInAnyOrderElementsOf(theirs);
        for (Member member : ours.members()) {
            JsonNode modelMember = model.get("members").get(member.name());
            JsonNode traits = modelMember.path("traits");
            String queryName = traits.path("smithy.api#xmlName").asString(member.name());
            if (!member.queryName().equals(queryName)) {
                differences.add(name + "." + member.name() + " is " + queryName + " in Query");
            }
            if (member.required() != traits.has("smithy.api#required")) {
                differences.add(name + "." + member.name() + " differs in being required");
            }
            boolean flat = traits.has("smithy.api#xmlFlattened");
            differences.addAll(differences(member.shape(), target(modelMember), flat, name + "." + member.name()));
        }
        return differences;
    }

    private static List<String> differences(Shape ours, String target, boolean flat, String where) {
        String type = type(target);
        return switch (ours) {
            case Scalar scalar -> scalar(scalar).contains(type) ? List.of() : List.of(where + " is a " + type);
            case Structure structure -> differences(structure, target);
            case ListOf list -> {
                if (!type.equals("list") || !flat) {
                    yield List.of(where + " is a " + type + ", flattened: " + flat);
                }
                yield differences(list.element(), target(shape(target).get("member")), false, where);
            }
            case MapOf map -> {
                if (!type.equals("map") || !flat) {
                    yield List.of(where + " is a " + type + ", flattened: " + flat);
                }
                JsonNode theirs = shape(target);
                assertThat(xmlName(theirs.get("key"))).as(where).isEqualTo(map.keyName());
                assertThat(xmlName(theirs.get("value"))).as(where).isEqualTo(map.valueName());
                yield differences(map.value(), target(theirs.get("value")), false, where);
            }
        };
    }

    private static String xmlName(JsonNode member) {
        return member.get("traits").get("smithy.api#xmlName").asString();
    }

    private static String type(String target) {
        JsonNode shape = shape(target);
        return shape == null
                ? target.substring("smithy.api#".length()).toLowerCase(Locale.ROOT)
                : shape.get("type").asString();
    }

    private static List<String> scalar(Scalar scalar) {
        return switch (scalar) {
            case TEXT -> List.of("string", "enum");
            case WHOLE -> List.of("integer", "long");
            case FLAG -> List.of("boolean");
            case BLOB -> List.of("blob");
        };
    }
}
