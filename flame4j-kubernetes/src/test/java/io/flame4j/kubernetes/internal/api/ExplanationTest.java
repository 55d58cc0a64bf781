package io.flame4j.kubernetes.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.flame4j.kubernetes.internal.api.ApiCall.Target;
import io.flame4j.kubernetes.internal.api.ApiException.Kind;
import io.flame4j.kubernetes.internal.api.Verdict.Retry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Verdicts, and the sentences that are made of them. */
class ExplanationTest {

    private static final Identity IDENTITY = new Identity("the user of this client", "shop");
    private static final String SERVER = "https://10.0.0.1:443";
    private static final ApiCall CREATE = ApiCall.create(Target.all("pods", "shop"), "{}", List.of());

    private static Verdict verdict(int code, String reason, String message) {
        Status status = new StatusBuilder()
                .withCode(code)
                .withReason(reason)
                .withMessage(message)
                .build();
        return Verdict.ofAnswer(new ApiAnswer(code, "{}", null), status);
    }

    private static ApiException exception(ApiCall call, Verdict verdict) {
        return Explanation.exception(call, verdict, IDENTITY, SERVER, null, null);
    }

    @Test
    void a_denied_call_names_who_may_not_do_what_where_and_shows_the_rule() {
        Verdict verdict = verdict(
                403,
                "Forbidden",
                "pods is forbidden: User \"system:serviceaccount:shop:app\" cannot create resource \"pods\" in API"
                        + " group \"\" in the namespace \"shop\"");
        ApiException denied = exception(CREATE, verdict);
        assertThat(denied.kind()).isEqualTo(Kind.DENIED);
        assertThat(denied.isPermanent()).isTrue();
        assertThat(denied)
                .hasMessageContaining("A pod could not be created in namespace \"shop\"")
                .hasMessageContaining(
                        "service account \"app\" of namespace \"shop\" may not create pods in namespace \"shop\"")
                .hasMessageContaining("""

                        - apiGroups: [""]
                          resources: ["pods"]
                          verbs: ["create"]
                        """);
    }

    @Test
    void a_denied_call_whose_answer_does_not_say_who_names_whom_we_know() {
        Verdict verdict = Verdict.ofAnswer(new ApiAnswer(403, "<html>no</html>", null), null);
        ApiCall list =
                new ApiCall("get", new Target("", "pods", "log", "shop", "p1"), java.util.Map.of(), null, List.of());
        assertThat(exception(list, verdict))
                .hasMessageContaining("The log of pod \"p1\" in namespace \"shop\" could not be read")
                .hasMessageContaining("the user of this client may not get pods/log in namespace \"shop\"")
                .hasMessageContaining("resources: [\"pods/log\"]")
                .hasMessageContaining("HTTP status 403");
    }

    @Test
    void rejected_credentials_say_what_to_check() {
        ApiException rejected = exception(CREATE, verdict(401, "Unauthorized", "Unauthorized"));
        assertThat(rejected.kind()).isEqualTo(Kind.UNAUTHENTICATED);
        assertThat(rejected)
                .hasMessageContaining("The token has expired, was revoked, or was rotated")
                .hasMessageContaining("check that the service account still exists");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            403 | pods "a" is forbidden: exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=5 | QUOTA | SLOWLY | Raise that ResourceQuota
            403 | pods "a" is forbidden: status unknown for quota: q, resources: pods | QUOTA | SLOWLY | a resource quota was just made
            403 | pods "a" is forbidden: failed quota: q: must specify limits.cpu | REFUSED | NEVER | resources(…)
            403 | pods "a" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false | REFUSED | NEVER | security contexts
            400 | admission webhook "images.example.com" denied the request: image not signed | REFUSED | NEVER | webhook "images.example.com" refused it
            403 | pods "a" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no | REFUSED | NEVER | an admission policy refused it
            403 | pods "a" is forbidden: unable to create new content in namespace shop because it is being terminated | REFUSED | NEVER | is being deleted
            403 | pods "a" is forbidden: error looking up service account shop/x: serviceaccount "x" not found | REFUSED | NEVER | service account of the pod does not exist
            403 | pods "a" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi | REFUSED | NEVER | LimitRange
            403 | pods "a" is forbidden: no PriorityClass with name x was found | REFUSED | NEVER | an admission rule
            422 | Pod "a" is invalid: spec.containers[0].image: Required value | REFUSED | NEVER | calls the request invalid
            500 | Internal error occurred: failed calling webhook "w.example.com": connection refused | UNAVAILABLE | SOON | webhook "w.example.com" does not answer
            409 | Operation cannot be fulfilled on resourcequotas "q": the object has been modified | UNAVAILABLE | SOON | others change the same thing
            429 | too many requests | UNAVAILABLE | SOON | asks to slow down
            500 | etcdserver: request timed out | UNAVAILABLE | SOON | a fault of its own
            503 | apiserver is shutting down | UNAVAILABLE | SOON | a fault of its own
            """)
    void each_refusal_has_its_kind_and_cure(int code, String message, Kind kind, Retry retry, String words) {
        Verdict verdict = verdict(code, "", message);
        assertThat(verdict.kind()).isEqualTo(kind);
        assertThat(verdict.retry()).isEqualTo(retry);
        assertThat(exception(CREATE, verdict)).hasMessageContaining(words).hasMessageContaining(message);
        assertThat(exception(CREATE, verdict).isPermanent()).isEqualTo(retry == Retry.NEVER);
    }

    @Test
    void only_what_may_have_been_carried_out_counts_as_such() {
        assertThat(verdict(503, "", "").perhapsDone()).isTrue();
        assertThat(verdict(500, "", "failed calling webhook \"w\"").perhapsDone())
                .isFalse();
        assertThat(verdict(429, "", "").perhapsDone()).isFalse();
        assertThat(Verdict.ofFailure(new HttpTimeoutException("slow")).perhapsDone())
                .isTrue();
        assertThat(Verdict.ofFailure(new CompletionException(new IOException("reset")))
                        .perhapsDone())
                .isTrue();
        assertThat(Verdict.ofFailure(new CompletionException(new ConnectException("refused")))
                        .perhapsDone())
                .isFalse();
        assertThat(Verdict.ofFailure(new ConnectException()).said()).isEqualTo("connection refused");
        assertThat(Verdict.ofFailure(new HttpConnectTimeoutException("slow")).perhapsDone())
                .isFalse();
        assertThat(Verdict.ofFailure(new SSLHandshakeException("unknown CA")).perhapsDone())
                .isFalse();
        Verdict closed = Verdict.ofFailure(new IllegalStateException("Client already closed"));
        assertThat(closed.retry()).isEqualTo(Retry.NEVER);
    }

    @Test
    void an_unreachable_server_is_told_with_its_address_and_how_long_it_was_tried() {
        Verdict verdict = Verdict.ofFailure(new ConnectException("Connection refused"));
        ApiException failure =
                Explanation.exception(CREATE, verdict, IDENTITY, SERVER, Duration.ofMillis(30_040), null);
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure.isPermanent()).isFalse();
        assertThat(failure)
                .hasMessageStartingWith(
                        "A pod could not be created in namespace \"shop\" within 30 s: the API server at"
                                + " https://10.0.0.1:443 cannot be reached (ConnectException: Connection refused).");
    }

    @Test
    void what_the_body_held_is_not_repeated() {
        ApiCall call = ApiCall.create(Target.all("pods", "shop"), "{}", List.of("hunter2!"));
        Verdict verdict = verdict(422, "Invalid", "env[0].value: Invalid value: \"hunter2!\": no");
        assertThat(exception(call, verdict)).hasMessageContaining("Invalid value: \"…\"");
        assertThat(exception(call, verdict).getMessage()).doesNotContain("hunter2!");
        assertThat(call.toString()).doesNotContain("hunter2!");
    }

    @Test
    void a_server_may_say_in_the_body_when_to_come_back() {
        Status status = new StatusBuilder()
                .withCode(429)
                .withNewDetails()
                .withRetryAfterSeconds(3)
                .endDetails()
                .build();
        assertThat(Verdict.ofAnswer(new ApiAnswer(429, "{}", null), status).retryAfter())
                .isEqualTo(Duration.ofSeconds(3));
        assertThat(Verdict.ofAnswer(new ApiAnswer(429, "{}", Duration.ofSeconds(5)), status)
                        .retryAfter())
                .isEqualTo(Duration.ofSeconds(5));
    }
}
