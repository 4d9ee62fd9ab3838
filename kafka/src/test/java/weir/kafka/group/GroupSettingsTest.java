package weir.kafka.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator says of groups. */
class GroupSettingsTest {
    @Test
    void settingsHaveKafkasNamesAndDefaults() {
        GroupSettings settings = GroupSettings.parse(" offsets.retention.minutes = 60 ;group.max.size=7; ");
        assertThat(settings.values()).isEqualTo(Map.of("offsets.retention.minutes", "60", "group.max.size", "7"));
        assertThat(settings.config().offsetsRetentionMs()).isEqualTo(3_600_000);
        assertThat(settings.config().classicGroupMaxSize()).isEqualTo(7);
        assertThat(settings.config().classicGroupInitialRebalanceDelayMs()).isEqualTo(3_000);
        assertThat(settings.config().consumerGroupMaxSize()).isEqualTo(GroupLimits.MEMBERS_MAX);
        assertThat(GroupSettings.parse("")).isEqualTo(GroupSettings.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"group.max.size", "=1", "group.maximum=1", "group.max.size=many", "group.max.size=0"})
    void whatKafkaDoesNotKnowIsRefusedByName(String text) {
        assertThatThrownBy(() -> GroupSettings.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text.replaceAll("(?<=.)=.*", ""));
    }
}
