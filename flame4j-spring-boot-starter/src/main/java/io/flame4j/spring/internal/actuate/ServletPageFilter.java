package io.flame4j.spring.internal.actuate;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/** {@link PageGate} in a servlet container. */
public final class ServletPageFilter extends OncePerRequestFilter {

    private final PageGate gate;

    /**
     * Makes one.
     *
     * @param gate what it asks
     */
    public ServletPageFilter(PageGate gate) {
        this.gate = gate;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        // Below a servlet with a path of its own the rest is the info, else the servlet's path is all there is.
        String info = request.getPathInfo();
        String path = info != null ? info : request.getServletPath();
        String below = gate.below(path);
        if (below == null) {
            chain.doFilter(request, response);
            return;
        }
        PageGate.headers().forEach(response::setHeader);
        PageGate.Refusal refusal = gate.refusal(
                request.getMethod(),
                PageGate.lastName(path),
                below,
                request::getHeader,
                () -> CorsUtils.isCorsRequest(request));
        if (refusal == null) {
            chain.doFilter(request, response);
            return;
        }
        response.setStatus(refusal.status());
        if (refusal.location() != null) {
            response.setHeader("Location", refusal.location());
        }
        response.setContentType("text/plain;charset=UTF-8");
        response.getOutputStream().write(refusal.text().getBytes(UTF_8));
    }
}
