package io.flame4j.spring.internal.actuate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flame4j.dashboard.DashboardContent;
import io.flame4j.dashboard.DashboardFeed;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.util.MimeType;

/**
 * {@code /actuator/flamepage/}: the live page. Headers and origins are {@link PageGate}'s, since an operation of an endpoint
 * sees neither.
 */
@WebEndpoint(id = FlamePageEndpoint.ID, defaultAccess = Access.READ_ONLY)
public class FlamePageEndpoint {

    /** Its name among endpoints. */
    public static final String ID = "flamepage";

    private static final MimeType JSON = MimeType.valueOf("application/json");
    private static final MimeType TEXT = MimeType.valueOf("text/plain;charset=UTF-8");

    private final DashboardFeed feed;

    /**
     * Makes one.
     *
     * @param feed what it shows
     */
    public FlamePageEndpoint(DashboardFeed feed) {
        this.feed = feed;
    }

    /** The page, which asks for its files relative to its own path: {@link PageGate} sends there who forgets the slash. */
    @ReadOperation(produces = "text/html")
    public WebEndpointResponse<byte[]> page() {
        return file("");
    }

    /**
     * A file of the page, or the newest state; 404 for everything else. A stream of events is among the types so that this
     * is the answer to the page's wish for one, and no complaint in the log.
     */
    @ReadOperation(
            produces = {
                "text/html",
                "text/css",
                "text/javascript",
                "image/svg+xml",
                "application/json",
                "text/plain",
                "text/event-stream"
            })
    public WebEndpointResponse<byte[]> content(@Selector(match = Selector.Match.ALL_REMAINING) String... path) {
        String file = String.join("/", path);
        return file.equals("state") ? answer(200, feed.newest().json(), JSON) : file(file);
    }

    /** Changes how many runners a pool may have. */
    @WriteOperation(produces = "text/plain")
    public WebEndpointResponse<byte[]> change(
            @Selector String action, @Nullable String pool, @Nullable Integer min, @Nullable Integer max) {
        if (!action.equals("resize")) {
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
        }
        if (pool == null || min == null || max == null) {
            return answer(400, "The parameters pool, min and max are needed", TEXT);
        }
        try {
            feed.resize(pool, min, max);
            return answer(200, "done", TEXT);
        } catch (UnsupportedOperationException e) {
            return answer(403, String.valueOf(e.getMessage()), TEXT);
        } catch (IllegalArgumentException | IllegalStateException e) {
            return answer(400, String.valueOf(e.getMessage()), TEXT);
        }
    }

    private static WebEndpointResponse<byte[]> file(String name) {
        return DashboardContent.at(name)
                .map(file -> new WebEndpointResponse<>(file.bytes(), 200, MimeType.valueOf(file.contentType())))
                .orElseGet(() -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND));
    }

    private static WebEndpointResponse<byte[]> answer(int status, String text, MimeType type) {
        return new WebEndpointResponse<>(text.getBytes(UTF_8), status, type);
    }
}
