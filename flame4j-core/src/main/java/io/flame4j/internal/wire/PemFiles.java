package io.flame4j.internal.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a certificate as a Secret of type {@code kubernetes.io/tls} has them: {@code tls.crt} with the chain, the
 * own certificate first; {@code tls.key} with its key; {@code ca.crt} with the authorities of the other side.
 *
 * @param directory where they are
 * @param crt what is in {@code tls.crt}
 * @param key what is in {@code tls.key}
 * @param ca what is in {@code ca.crt}
 */
record PemFiles(Path directory, byte[] crt, byte[] key, byte[] ca) {

    private static final String CRT = "tls.crt";
    private static final String KEY = "tls.key";
    private static final String CA = "ca.crt";

    /** Nobody's certificates are longer. */
    private static final int LONGEST = 1 << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PKCS8 = "PRIVATE KEY";

    /**
     * Reads them, whole and as they are.
     *
     * @throws IOException that names the file, the cause and the cure
     */
    static PemFiles read(Path directory) throws IOException {
        return new PemFiles(directory, read(directory, CRT), read(directory, KEY), read(directory, CA));
    }

    private static byte[] read(Path directory, String name) throws IOException {
        Path file = directory.resolve(name);
        try {
            if (Files.size(file) > LONGEST) {
                throw new IOException(file + " has more than " + LONGEST + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "There is no file " + file + ". Tls.mutual(…) needs the files " + CRT + ", " + KEY + " and " + CA
                            + ", as a mounted Secret of type kubernetes.io/tls has them.",
                    e);
        } catch (AccessDeniedException e) {
            throw new IOException(
                    file + " cannot be read by user " + System.getProperty("user.name")
                            + ". Give it the right, for a mounted Secret with fsGroup or defaultMode.",
                    e);
        }
    }

    /** Tells contents apart, without keeping a key. */
    byte[] digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] content : List.of(crt, key, ca)) {
                digest.update((content.length + ":").getBytes(StandardCharsets.US_ASCII));
                digest.update(content);
            }
            return digest.digest();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** The own certificate and what leads from it to its authority. */
    X509Certificate[] chain() throws GeneralSecurityException {
        return certificates(CRT, crt).toArray(new X509Certificate[0]);
    }

    /** Whom the other side must have its certificate of. */
    List<X509Certificate> authorities() throws GeneralSecurityException {
        return certificates(CA, ca);
    }

    private List<X509Certificate> certificates(String name, byte[] content) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(new String(content, StandardCharsets.ISO_8859_1));
        while (blocks.find()) {
            if (blocks.group(1).equals(CERTIFICATE)) {
                try {
                    Certificate next = factory.generateCertificate(new ByteArrayInputStream(decode(blocks)));
                    certificates.add((X509Certificate) next);
                } catch (CertificateException | IllegalArgumentException e) {
                    throw new CertificateException(
                            directory.resolve(name) + " has a certificate that cannot be read: " + e.getMessage(), e);
                }
            }
        }
        if (certificates.isEmpty()) {
            throw new CertificateException(
                    directory.resolve(name) + " has no block -----BEGIN " + CERTIFICATE + "-----");
        }
        return certificates;
    }

    /** The key of the own certificate. That it is that is tried out. */
    PrivateKey key(X509Certificate certificate) throws GeneralSecurityException {
        PublicKey its = certificate.getPublicKey();
        PrivateKey found;
        try {
            found = KeyFactory.getInstance(its.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(keyBytes()));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // What the key holds must not be repeated.
            throw new InvalidKeyException(
                    directory.resolve(KEY) + " has no key for the certificate in " + CRT + ", which is of algorithm "
                            + its.getAlgorithm() + (e instanceof InvalidKeyException ? ": " + e.getMessage() : ""),
                    e);
        }
        if (!belong(found, its)) {
            throw new InvalidKeyException(directory.resolve(KEY) + " is not the key of the certificate in " + CRT
                    + ". If they are just being replaced, both are read again.");
        }
        return found;
    }

    private byte[] keyBytes() throws InvalidKeyException {
        Path file = directory.resolve(KEY);
        Matcher blocks = BLOCK.matcher(new String(key, StandardCharsets.ISO_8859_1));
        while (blocks.find()) {
            String kind = blocks.group(1);
            if (kind.equals(PKCS8)) {
                return decode(blocks);
            }
            if (kind.equals("ENCRYPTED " + PKCS8)) {
                throw new InvalidKeyException(
                        "it is encrypted. Decrypt it: openssl pkcs8 -in " + file + " -out plain.key");
            }
            if (kind.endsWith(PKCS8)) {
                throw new InvalidKeyException("it is a block -----BEGIN " + kind + "-----, and Java reads PKCS#8, which"
                        + " begins with -----BEGIN " + PKCS8 + "-----. Convert it: openssl pkcs8 -topk8 -nocrypt -in "
                        + file + " -out pkcs8.key; for cert-manager: privateKey: {encoding: PKCS8}");
            }
        }
        throw new InvalidKeyException("it has no block -----BEGIN " + PKCS8 + "-----");
    }

    private static boolean belong(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            default ->
                throw new InvalidKeyException(
                        "keys of algorithm " + key.getAlgorithm() + " are not supported here. Use EC, RSA or Ed25519.");
        };
        byte[] something = {1, 2, 3};
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(something);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(something);
        return signature.verify(signed);
    }

    private static byte[] decode(Matcher block) {
        return Base64.getMimeDecoder().decode(block.group(2));
    }

    @Override
    public String toString() {
        return "PemFiles[" + directory + "]";
    }
}
