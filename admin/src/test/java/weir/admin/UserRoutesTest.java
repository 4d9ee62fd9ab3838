package weir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import weir.core.access.AccessKey;
import weir.core.access.AccessLimits;
import weir.core.codec.Formats;

class UserRoutesTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String USERS = "/api/v1/users";

    private final MemoryBroker broker = new MemoryBroker();
    private final AdminServer server = new AdminServer(
            broker,
            Formats.PLAIN,
            new AdminSettings("127.0.0.1", 0, "test", "111111111111"),
            InstantSource.system(),
            null,
            null,
            () -> true,
            null);

    private record Answer(int status, JsonNode body) {
        String text(String name) {
            return body.path(name).asString("(none)");
        }

        String error() {
            return status + " " + text("code");
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @AfterAll
    static void stopClient() {
        CLIENT.close();
    }

    /** Sends JSON written with single quotes. */
    private Answer send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                .build();
        HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        String text = response.body();
        JsonMapper mapper = JsonMapper.shared();
        return new Answer(response.statusCode(), text.isEmpty() ? mapper.nullNode() : mapper.readTree(text));
    }

    @Test
    void userIsCreatedOnceListedAndDeletedWithItsKeys() throws Exception {
        Answer anne = send("POST", USERS, "{'name':'anne'}");
        assertThat(anne.status()).isEqualTo(201);
        assertThat(anne.text("account")).isEqualTo("111111111111");
        assertThat(anne.text("id")).startsWith("AIDA").hasSize(21);
        assertThat(send("POST", USERS, "{'name':'anne'}").status()).isEqualTo(200);
        assertThat(send("POST", USERS, "{'name':'anne','account':'222222222222'}")
                        .error())
                .isEqualTo("409 USER_EXISTS");
        send("POST", USERS, "{'name':'bert','account':'222222222222'}");
        Answer page = send("GET", USERS + "?limit=1", "");
        assertThat(page.body().path("users").size()).isEqualTo(1);
        assertThat(page.text("next")).isEqualTo("anne");
        assertThat(send("GET", USERS + "?after=anne", "")
                        .body()
                        .path("users")
                        .get(0)
                        .path("name")
                        .asString())
                .isEqualTo("bert");
        String id = send("POST", USERS + "/anne/keys", "").text("id");
        assertThat(send("DELETE", USERS + "/anne", "").status()).isEqualTo(204);
        assertThat(broker.definition(AccessKey.KIND, id)).isEmpty();
        assertThat(send("GET", USERS + "/anne", "").error()).isEqualTo("404 NO_SUCH_USER");
        assertThat(send("POST", USERS, "{'name':'anne'}").text("id")).isNotEqualTo(anne.text("id"));
    }

    @Test
    void secretIsShownOnceAndAsLongAsItOughtToBe() throws Exception {
        send("POST", USERS, "{'name':'anne'}");
        Answer key = send("POST", USERS + "/anne/keys", "{}");
        assertThat(key.status()).isEqualTo(201);
        assertThat(key.text("id")).matches("AKIA[A-Z2-7]{16}");
        assertThat(key.text("secret")).hasSize(40);
        assertThat(key.body().has("sessionToken")).isFalse();
        Answer keys = send("GET", USERS + "/anne/keys/", "");
        assertThat(keys.body().toString()).contains(key.text("id")).doesNotContain(key.text("secret"));
        Answer session = send("POST", USERS + "/anne/keys", "{'lifetime':'15m'}");
        assertThat(session.text("id")).startsWith("ASIA");
        assertThat(session.text("sessionToken")).hasSizeGreaterThan(100);
        assertThat(session.text("expiresAt")).contains("T");
    }

    @Test
    void keyIsSwitchedAndDeletedByItsUserAlone() throws Exception {
        send("POST", USERS, "{'name':'anne'}");
        send("POST", USERS, "{'name':'bert'}");
        String id = send("POST", USERS + "/anne/keys", "").text("id");
        assertThat(send("PATCH", USERS + "/anne/keys/" + id, "{'enabled':false}")
                        .body()
                        .path("enabled")
                        .asBoolean(true))
                .isFalse();
        assertThat(send("PATCH", USERS + "/anne/keys/" + id, "{}")
                        .body()
                        .path("enabled")
                        .asBoolean(true))
                .isFalse();
        assertThat(send("PATCH", USERS + "/bert/keys/" + id, "{'enabled':true}").error())
                .isEqualTo("404 NO_SUCH_KEY");
        assertThat(send("DELETE", USERS + "/bert/keys/" + id, "").error()).isEqualTo("404 NO_SUCH_KEY");
        assertThat(send("DELETE", USERS + "/anne/keys/" + id, "").status()).isEqualTo(204);
        assertThat(send("DELETE", USERS + "/anne/keys/" + id, "").error()).isEqualTo("404 NO_SUCH_KEY");
    }

    @Test
    void keysOfAUserAreBounded() throws Exception {
        send("POST", USERS, "{'name':'anne'}");
        for (int i = 0; i < AccessLimits.KEYS_OF_USER_MAX; i++) {
            assertThat(send("POST", USERS + "/anne/keys", "").status()).isEqualTo(201);
        }
        assertThat(send("POST", USERS + "/anne/keys", "").error()).isEqualTo("409 TOO_MANY_KEYS");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            POST   | /api/v1/users              | {}                                  | 400 INVALID_REQUEST
            POST   | /api/v1/users              | {'name':'a b'}                      | 400 INVALID_REQUEST
            POST   | /api/v1/users              | {'name':'a/b'}                      | 400 INVALID_REQUEST
            POST   | /api/v1/users              | {'name':'x','account':'12'}         | 400 INVALID_REQUEST
            POST   | /api/v1/users              | {'nam':'x'}                         | 400 INVALID_REQUEST
            PUT    | /api/v1/users              | {}                                  | 405 METHOD_NOT_ALLOWED
            GET    | /api/v1/users/nobody/keys  | ``                                  | 404 NO_SUCH_USER
            GET    | /api/v1/users/anne/things  | ``                                  | 404 NOT_FOUND
            GET    | /api/v1/users/anne/keys/x  | ``                                  | 405 METHOD_NOT_ALLOWED
            POST   | /api/v1/users/anne/keys    | {'lifetime':'100d'}                 | 400 INVALID_REQUEST
            POST   | /api/v1/users/anne/keys    | {'lifetime':'soon'}                 | 400 INVALID_REQUEST""")
    void whatCannotBeIsRefused(String method, String path, String body, String error) throws Exception {
        send("POST", USERS, "{'name':'anne'}");
        assertThat(send(method, path, body).error()).isEqualTo(error);
    }
}
