package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.services.sns.SnsClient;
import weir.sqs.wire.Shape;
import weir.sqs.wire.Shape.ListOf;
import weir.sqs.wire.Shape.MapOf;
import weir.sqs.wire.Shape.Member;
import weir.sqs.wire.Shape.Scalar;
import weir.sqs.wire.Shape.Structure;
import weir.sqs.wire.SnsOperation;

/** The table of SNS's actions against what AWS's SDK for Java was generated from: its classes still tell every name and type, but not what is required. */
class SnsModelTest {
    @ParameterizedTest
    @EnumSource(SnsOperation.class)
    void actionHasTheShapesOfTheSdk(SnsOperation operation) throws ReflectiveOperationException {
        assertThat(differences(operation.input(), fields(operation.wireName() + "Request")))
                .isEmpty();
        Structure output = operation.output();
        assertThat(differences(
                        output == null ? Shape.structure("nothing") : output,
                        fields(operation.wireName() + "Response")))
                .isEmpty();
    }

    private static List<SdkField<?>> fields(String className) throws ReflectiveOperationException {
        Object builder = Class.forName(SnsClient.class.getPackageName() + ".model." + className)
                .getMethod("builder")
                .invoke(null);
        if (!(builder instanceof SdkPojo pojo)) {
            throw new AssertionError(className + " tells nothing of its fields");
        }
        return pojo.sdkFields();
    }

    private static List<String> differences(Structure ours, List<SdkField<?>> theirs) {
        assertThat(ours.members().stream().map(Member::queryName).sorted())
                .isEqualTo(theirs.stream()
                        .map(SdkField::locationName)
                        .sorted(Comparator.naturalOrder())
                        .toList());
        List<String> differences = new ArrayList<>();
        for (SdkField<?> field : theirs) {
            Member member = ours.memberOfQuery(field.locationName());
            if (member == null) {
                differences.add("there is no " + field.locationName());
                continue;
            }
            differences.addAll(differences(member.shape(), field, ours.name() + "." + member.name()));
        }
        return differences;
    }

    private static List<String> differences(Shape ours, SdkField<?> field, String where) {
        MarshallingType<?> type = field.marshallingType();
        return switch (ours) {
            case Scalar scalar -> type.equals(type(scalar)) ? List.of() : List.of(where + " is a " + type);
            case Structure structure ->
                type.equals(MarshallingType.SDK_POJO)
                        ? differences(structure, field.constructor().get().sdkFields())
                        : List.of(where + " is a " + type);
            case ListOf list -> {
                ListTrait trait = field.getTrait(ListTrait.class);
                if (trait == null || trait.isFlattened() || !itemName(trait).equals(list.item())) {
                    yield List.of(where + " is no such list");
                }
                yield differences(list.element(), trait.memberFieldInfo(), where);
            }
            case MapOf map -> {
                MapTrait trait = field.getTrait(MapTrait.class);
                if (trait == null
                        || trait.isFlattened()
                        || !"entry".equals(map.entry())
                        || !trait.keyLocationName().equals(map.keyName())
                        || !trait.valueLocationName().equals(map.valueName())) {
                    yield List.of(where + " is no such map");
                }
                yield differences(map.value(), trait.valueFieldInfo(), where);
            }
        };
    }

    /** The protocol's word, unless the model has another. */
    private static String itemName(ListTrait trait) {
        return trait.memberLocationName() == null ? "member" : trait.memberLocationName();
    }

    private static MarshallingType<?> type(Scalar scalar) {
        return switch (scalar) {
            case TEXT -> MarshallingType.STRING;
            case WHOLE -> MarshallingType.INTEGER;
            case FLAG -> MarshallingType.BOOLEAN;
            case BLOB -> MarshallingType.SDK_BYTES;
        };
    }
}
