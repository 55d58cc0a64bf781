package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What a pod finds of its service account: {@code token}, {@code namespace} and {@code ca.crt}. */
final class ServiceAccountFiles {

    private static final long LIFE_SECONDS = 3607; // as a kubelet asks for

    private final KubernetesClient client;

    ServiceAccountFiles(KubernetesClient client) {
        this.client = client;
    }

    /** Writes the files, with a new token, each in one step. Blocks. */
    void write(Pod pod, Path directory) throws IOException {
        Files.createDirectories(directory);
        replace(directory.resolve("namespace"), pod.getMetadata().getNamespace());
        String authority = authority();
        if (authority != null) {
            replace(directory.resolve("ca.crt"), authority);
        }
        replace(directory.resolve("token"), token(pod));
    }

    private String token(Pod pod) {
        String account = FieldValues.serviceAccount(pod);
        TokenRequest request = new TokenRequestBuilder()
                .withNewMetadata()
                .withName(account)
                .endMetadata()
                .withNewSpec()
                .withExpirationSeconds(LIFE_SECONDS)
                .withNewBoundObjectRef()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endBoundObjectRef()
                .endSpec()
                .build();
        TokenRequest answer = client.serviceAccounts()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(account)
                .tokenRequest(request);
        return answer.getStatus().getToken();
    }

    private @Nullable String authority() throws IOException {
        String data = client.getConfiguration().getCaCertData();
        if (data != null) {
            // The client takes it with and without Base64.
            return data.startsWith("-----")
                    ? data
                    : new String(Base64.getMimeDecoder().decode(data), StandardCharsets.US_ASCII);
        }
        String file = client.getConfiguration().getCaCertFile();
        return file == null ? null : Files.readString(Path.of(file), StandardCharsets.US_ASCII);
    }

    private static void replace(Path file, String content) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, content, StandardCharsets.UTF_8);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
