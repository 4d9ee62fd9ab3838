package weir.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import weir.core.catalog.Definition;

final class AccessKeyTest {
    private static User user(String name, long created) {
        return User.of(definition(User.KIND, name, created, User.attributes("123456789012")));
    }

    private static Definition definition(String kind, String name, long created, SortedMap<String, String> attributes) {
        return new Definition(kind, name, attributes, 1_000, 2_000, created, created);
    }

    @Test
    void userIsReadFromItsDefinition() {
        assertThat(user("anne", 7)).isEqualTo(new User("anne", "123456789012", 7, 1_000));
        assertThat(user("anne", 7).id()).isEqualTo("AIDAAAAAAAAAAAAAAAAAH");
        assertThat(user("anne", Long.MAX_VALUE).id())
                .hasSize(21)
                .isNotEqualTo(user("anne", 8).id());
        assertThatThrownBy(() -> new User("a b", "123456789012", 7, 1_000))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new User("anne", "1", 7, 1_000)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keyIsReadFromItsDefinitionAndIsOfOneUserAlone() {
        User anne = user("anne", 7);
        AccessKey lasting = AccessKey.of(definition(
                AccessKey.KIND, "AKIA1", 9, AccessKey.attributes(anne, "s3cret", true, null, AccessKey.NEVER)));
        assertThat(lasting)
                .isEqualTo(new AccessKey("AKIA1", "anne", 7, "s3cret", true, null, AccessKey.NEVER, 9, 1_000));
        AccessKey session = AccessKey.of(
                definition(AccessKey.KIND, "ASIA1", 9, AccessKey.attributes(anne, "s3cret", false, "t0ken", 5_000)));
        assertThat(session).isEqualTo(new AccessKey("ASIA1", "anne", 7, "s3cret", false, "t0ken", 5_000, 9, 1_000));
        assertThat(session.isOf(anne)).isTrue();
        assertThat(session.isOf(user("anne", 8))).isFalse();
        assertThat(session.isOf(user("bert", 7))).isFalse();
        assertThat(session.toString()).doesNotContain("s3cret").doesNotContain("t0ken");
    }
}
