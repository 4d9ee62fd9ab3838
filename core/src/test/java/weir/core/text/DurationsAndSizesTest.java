package weir.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsAndSizesTest {
    @ParameterizedTest
    @CsvSource({
        "0s,0,0s",
        "250ms,250,250ms",
        "30s,30000,30s",
        "120s,120000,2m",
        "24h,86400000,1d",
        "3660d,316224000000,3660d"
    })
    void durationIsReadAndWrittenInItsLargestExactUnit(String text, long millis, String written) {
        assertThat(Durations.parse(text)).contains(Duration.ofMillis(millis));
        assertThat(Durations.format(Duration.ofMillis(millis))).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "30",
                "s",
                "-1s",
                "1.5s",
                "30 s",
                "30S",
                "1w",
                "1m30s",
                "999999999999999d",
                "9999999999999999s"
            })
    void nothingElseIsADuration(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0B,0,0B", "1000B,1000,1000B", "1024B,1024,1KiB", "64MiB,67108864,64MiB", "2048GiB,2199023255552,2TiB"})
    void sizeIsReadAndWrittenInItsLargestExactUnit(String text, long bytes, String written) {
        assertThat(Sizes.parse(text)).hasValue(bytes);
        assertThat(Sizes.format(bytes)).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "64", "64MB", "64mib", "-1B", "1.5GiB", "64 MiB", "999999999999999999TiB"})
    void nothingElseIsASize(String text) {
        assertThat(Sizes.parse(text)).isEmpty();
    }
}
