package weir.sqs.wire;

/** The services of AWS that are served on the one port, each by its version of the Query protocol. */
public enum Service {
    SQS("sqs", "2012-11-05", "http://queue.amazonaws.com/doc/2012-11-05/"),
    SNS("sns", "2010-03-31", "http://sns.amazonaws.com/doc/2010-03-31/");

    private final String signingName;
    private final String version;
    private final String namespace;

    Service(String signingName, String version, String namespace) {
        this.signingName = signingName;
        this.version = version;
        this.namespace = namespace;
    }

    /** What a request's signature is made for. */
    public String signingName() {
        return signingName;
    }

    /** The parameter {@code Version} of its requests. */
    public String version() {
        return version;
    }

    /** Of the XML of its answers. */
    public String namespace() {
        return namespace;
    }
}
