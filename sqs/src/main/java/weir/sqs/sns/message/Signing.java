package weir.sqs.sns.message;

/** Signs what is sent, so that its reader can tell who sent it. Safe for use by any number of threads. */
public interface Signing {
    /**
     * Signs a text.
     *
     * @param version 1: SHA-1 with RSA, as AWS's first; 2: SHA-256 with RSA
     * @return in base 64
     */
    String sign(int version, String text);

    /** Where this server has the certificate, from the slash on. */
    String certificatePath();
}
