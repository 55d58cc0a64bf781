package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.flame4j.kubernetes.internal.api.ApiCall.Target;
import io.flame4j.kubernetes.internal.api.ApiException.Kind;
import io.flame4j.kubernetes.internal.api.Attempts.Outcome;
import io.flame4j.kubernetes.internal.api.Verdict.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One Secret to create. Its name is known, but perhaps it may not be read: then a taken name is taken by it. */
record MadeSecrets(Secret secret, String mark, KubernetesSerialization serialization, Consumer<Secret> delete)
        implements Creation.Made<Secret> {

    static MadeSecrets of(Secret secret, KubernetesSerialization serialization, Consumer<Secret> delete) {
        String mark = UUID.randomUUID().toString();
        Secret marked = new SecretBuilder(secret)
                .editMetadata()
                .addToAnnotations(MadePods.MARK, mark)
                .endMetadata()
                .build();
        return new MadeSecrets(marked, mark, serialization, delete);
    }

    ApiCall call() {
        Target target = Target.all("secrets", secret.getMetadata().getNamespace());
        List<String> secrets = new ArrayList<>();
        if (secret.getStringData() != null) {
            secrets.addAll(secret.getStringData().values());
        }
        if (secret.getData() != null) {
            secrets.addAll(secret.getData().values());
        }
        secrets.removeIf(String::isEmpty);
        return ApiCall.create(target, serialization.asJson(secret), List.copyOf(secrets));
    }

    @Override
    public Secret read(ApiAnswer answer) {
        return serialization.unmarshal(answer.body(), Secret.class);
    }

    @Override
    public ApiCall lookUp() {
        return ApiCall.get(Target.one(
                "secrets",
                secret.getMetadata().getNamespace(),
                secret.getMetadata().getName()));
    }

    @Override
    public @Nullable List<Secret> found(Outcome look, boolean likely) {
        Verdict verdict = look.verdict();
        if (look.answer() != null) {
            Secret found = read(look.answer());
            return mark.equals(MadePods.markOf(found)) ? List.of(found) : List.of();
        }
        if (verdict != null && verdict.cause() == Cause.NOT_FOUND) {
            return List.of();
        }
        if (verdict != null && verdict.kind() == Kind.DENIED) {
            return likely ? List.of(secret) : List.of();
        }
        return null;
    }

    @Override
    public void delete(Secret unwanted) {
        delete.accept(unwanted);
    }

    /** Does not show the Secret. */
    @Override
    public String toString() {
        return "MadeSecrets[" + mark + "]";
    }
}
