package weir.sqs.sns.message;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import weir.core.Bytes;

/**
 * Makes the one kind of certificate that is needed here: X.509, for an RSA key, signed by itself. The JDK reads certificates
 * but makes none; this is the little of ASN.1 that it takes.
 */
final class Certificates {
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int NULL = 0x05;
    private static final int OBJECT_ID = 0x06;
    private static final int UTF8_STRING = 0x0C;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int VERSION = 0xA0;

    /** 1.2.840.113549.1.1.11, sha256WithRSAEncryption. */
    private static final byte[] SHA256_WITH_RSA = HexFormat.of().parseHex("2a864886f70d01010b");

    /** 2.5.4.3, commonName. */
    private static final byte[] COMMON_NAME = HexFormat.of().parseHex("550403");

    private static final String SUBJECT = "sns.weir";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final String PEM_BEGIN = "-----BEGIN CERTIFICATE-----\n";
    private static final String PEM_END = "\n-----END CERTIFICATE-----\n";
    private static final int PEM_LINE_CHARS = 64;

    private Certificates() {}

    static Bytes selfSigned(KeyPair pair, Instant from, Instant to) throws GeneralSecurityException {
        byte[] algorithm = item(SEQUENCE, item(OBJECT_ID, SHA256_WITH_RSA), item(NULL));
        byte[] commonName = item(
                SEQUENCE, item(OBJECT_ID, COMMON_NAME), item(UTF8_STRING, SUBJECT.getBytes(StandardCharsets.US_ASCII)));
        byte[] name = item(SEQUENCE, item(SET, commonName));
        byte[] toBeSigned = item(
                SEQUENCE,
                item(VERSION, item(INTEGER, BigInteger.TWO.toByteArray())),
                item(INTEGER, BigInteger.valueOf(from.toEpochMilli()).toByteArray()),
                algorithm,
                name,
                item(SEQUENCE, time(from), time(to)),
                name,
                pair.getPublic().getEncoded());
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(pair.getPrivate());
        signature.update(toBeSigned);
        byte[] allBitsUsed = {0};
        return Bytes.of(item(SEQUENCE, toBeSigned, algorithm, item(BIT_STRING, allBitsUsed, signature.sign())));
    }

    private static byte[] time(Instant instant) {
        return item(GENERALIZED_TIME, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    /** Tag, length, content. */
    private static byte[] item(int tag, byte[]... contents) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : contents) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream item = new ByteArrayOutputStream();
        item.write(tag);
        int length = content.size();
        if (length < 0x80) {
            item.write(length);
        } else {
            byte[] bytes = BigInteger.valueOf(length).toByteArray();
            int skipped = bytes[0] == 0 ? 1 : 0; // The sign, which a length has not.
            item.write(0x80 | (bytes.length - skipped));
            item.write(bytes, skipped, bytes.length - skipped);
        }
        item.writeBytes(content.toByteArray());
        return item.toByteArray();
    }

    static String pem(Bytes certificate) {
        return PEM_BEGIN
                + Base64.getMimeEncoder(PEM_LINE_CHARS, new byte[] {'\n'}).encodeToString(certificate.toArray())
                + PEM_END;
    }

    static Bytes ofPem(String pem) {
        String text = pem.replace(PEM_BEGIN, "").replace(PEM_END, "");
        return Bytes.of(Base64.getMimeDecoder().decode(text));
    }

    /** Where it is served: as on AWS, its name has its digest in it. */
    static String path(Bytes certificate) {
        return "/SimpleNotificationService-" + digest("SHA-256", certificate).substring(0, 32) + ".pem";
    }

    static String digest(String algorithm, Bytes bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(bytes.array(), bytes.offset(), bytes.length());
            return HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
