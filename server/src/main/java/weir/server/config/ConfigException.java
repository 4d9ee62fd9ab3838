package weir.server.config;

/** The configuration cannot be used. The message is one line with the setting's name, its value and what is allowed. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    public ConfigException(String message) {
        super(message);
    }
}
