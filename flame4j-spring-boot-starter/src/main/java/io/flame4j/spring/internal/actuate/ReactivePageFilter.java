package io.flame4j.spring.internal.actuate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** {@link PageGate} in a reactive application. */
public final class ReactivePageFilter implements WebFilter {

    private final PageGate gate;

    /**
     * Makes one.
     *
     * @param gate what it asks
     */
    public ReactivePageFilter(PageGate gate) {
        this.gate = gate;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        String path = matched(request.getPath().pathWithinApplication());
        String below = gate.below(path);
        if (below == null) {
            return chain.filter(exchange);
        }
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        PageGate.headers().forEach(headers::set);
        PageGate.Refusal refusal = gate.refusal(
                request.getMethod().name(),
                PageGate.lastName(path),
                below,
                name -> request.getHeaders().getFirst(name),
                () -> CorsUtils.isCorsRequest(request));
        if (refusal == null) {
            return chain.filter(exchange);
        }
        response.setStatusCode(HttpStatusCode.valueOf(refusal.status()));
        if (refusal.location() != null) {
            headers.set("Location", refusal.location());
        }
        headers.setContentType(new MediaType(MediaType.TEXT_PLAIN, UTF_8));
        return response.writeWith(Mono.fromSupplier(
                () -> response.bufferFactory().wrap(refusal.text().getBytes(UTF_8))));
    }

    /** A path as mappings see it, without {@code ;parameters}: what they let through must not go past the gate. */
    private static String matched(PathContainer path) {
        return path.elements().stream()
                .map(element ->
                        element instanceof PathContainer.PathSegment segment ? segment.valueToMatch() : element.value())
                .collect(Collectors.joining());
    }
}
