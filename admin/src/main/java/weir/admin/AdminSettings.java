package weir.admin;

import weir.core.Check;

/**
 * Where the admin API listens.
 *
 * @param port 0 for any free one
 * @param version shown by {@code /api/v1/version}
 * @param account that of a user for whom none is given
 */
public record AdminSettings(String host, int port, String version, String account) {
    public AdminSettings {
        Check.inRange("port", port, 0, 65_535);
    }
}
