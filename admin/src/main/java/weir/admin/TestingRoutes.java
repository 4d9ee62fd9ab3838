package weir.admin;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import weir.core.broker.OutcomeUnknownException;
import weir.core.text.Durations;

/** {@code /api/v1/testing}: refused as a whole unless the server was started for tests. */
final class TestingRoutes implements HttpService {
    static final String PATH = "/api/v1/testing";

    private final @Nullable TestControls controls;
    private final Json json;

    /** @param controls null if this server is not for tests */
    TestingRoutes(@Nullable TestControls controls, Json json) {
        this.controls = controls;
        this.json = json;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/clock", (_, response) -> showClock(response))
                .post("/clock", this::advance)
                .post("/reset", this::reset);
    }

    private TestControls controls() {
        if (controls == null) {
            throw new Failure(
                            403,
                            "TESTING_DISABLED",
                            "this server is not for tests; start one with testing.enabled (WEIR_TESTING_ENABLED=true),"
                                    + " whose clock can be moved and whose queues can all be deleted")
                    .thrown();
        }
        return controls;
    }

    private void showClock(ServerResponse response) {
        json.answer(response, 200, new Wire.Clock(controls().now().toString()));
    }

    private void advance(ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        TestControls clock = controls();
        Wire.Advance body = json.read(request, Wire.Advance.class);
        clock.advance(checked(body.advance()));
        showClock(response);
    }

    private static Duration checked(@Nullable String text) {
        Optional<Duration> by = text == null ? Optional.empty() : Durations.parse(text);
        return by.filter(Duration::isPositive)
                .filter(duration -> duration.compareTo(AdminLimits.ADVANCE_MAX) <= 0)
                .orElseThrow(() -> Failure.invalid("advance is \"" + text + "\", allowed is a duration from 1ms to "
                                + Durations.format(AdminLimits.ADVANCE_MAX) + " with ms, s, m, h or d, such as 5m")
                        .thrown());
    }

    private void reset(ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        TestControls everything = controls();
        json.read(request, Wire.Nothing.class);
        everything.reset();
        response.status(204).send();
    }
}
