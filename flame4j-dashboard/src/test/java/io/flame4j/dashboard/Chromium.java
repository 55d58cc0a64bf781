package io.flame4j.dashboard;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A headless Chromium with one page, driven over its DevTools protocol: no driver, no version of one to match. Tests of other
 * modules have it from this module's test-jar, and need awaitility and snakeyaml-engine with it.
 */
public final class Chromium implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path profile;
    private final Socket socket = new Socket();
    private final WebSocket connection;
    private final AtomicInteger numbers = new AtomicInteger();

    /** What the page complained about: exceptions, refusals of its policy. */
    public final List<String> complaints = java.util.Collections.synchronizedList(new ArrayList<>());

    private Chromium(Path executable) throws IOException, InterruptedException {
        profile = Files.createTempDirectory("flame4j-chromium");
        List<String> command = List.of(
                executable.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank");
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("output.txt").toFile())
                .start();
        try {
            connection = connect();
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The browser of this machine. */
    public static Optional<Path> executable() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    public static Chromium start() throws IOException, InterruptedException {
        return new Chromium(executable().orElseThrow());
    }

    private WebSocket connect() throws IOException, InterruptedException {
        Path portFile = profile.resolve("DevToolsActivePort");
        Awaitility.await("Chromium is up")
                .atMost(PATIENCE)
                .until(() ->
                        Files.exists(portFile) && Files.readAllLines(portFile).size() > 1);
        HttpClient http = HttpClient.newHttpClient();
        URI newPage =
                URI.create("http://127.0.0.1:" + Files.readAllLines(portFile).get(0) + "/json/new?about:blank");
        HttpRequest request = HttpRequest.newBuilder(newPage)
                .method("PUT", HttpRequest.BodyPublishers.noBody())
                .build();
        Map<?, ?> page = (Map<?, ?>)
                Json.read(http.send(request, BodyHandlers.ofString()).body());
        WebSocket socketOfPage = http.newWebSocketBuilder()
                .buildAsync(URI.create((String) page.get("webSocketDebuggerUrl")), socket)
                .join();
        return socketOfPage;
    }

    /** Prepares a page of a size. */
    public Chromium size(int width, int height) {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        send("Emulation.setScrollbarsHidden", Map.of("hidden", true));
        return this;
    }

    /** What the system is said to prefer: names and values of media features. */
    public Chromium prefers(String... features) {
        List<Map<String, String>> list = new ArrayList<>();
        for (int i = 0; i < features.length; i += 2) {
            list.add(Map.of("name", features[i], "value", features[i + 1]));
        }
        send("Emulation.setEmulatedMedia", Map.of("features", list));
        return this;
    }

    public void open(URI uri) {
        open(uri.toString());
    }

    public void open(String url) {
        send("Runtime.enable", Map.of());
        send("Log.enable", Map.of());
        send("Page.enable", Map.of());
        send("Page.bringToFront", Map.of());
        send("Page.navigate", Map.of("url", url));
    }

    /** The value of an expression in the page. */
    public Object eval(String expression) {
        Map<?, ?> answer =
                send("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (answer.get("exceptionDetails") != null) {
            throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
        }
        return ((Map<?, ?>) answer.get("result")).get("value");
    }

    /** The text of the first element, as it is seen; empty when it is hidden or not there. */
    public String text(String selector) {
        return String.valueOf(eval("(node => node?.checkVisibility() ? node.innerText : '')(document.querySelector("
                + Json.quote(selector) + "))"));
    }

    public int count(String selector) {
        return ((Number) eval("document.querySelectorAll(" + Json.quote(selector) + ").length")).intValue();
    }

    /** Presses a key, such as Tab, ArrowRight or Enter, as a keyboard does. */
    public void press(String key) {
        Map<String, Integer> codes = Map.of(
                "Tab",
                9,
                "Enter",
                13,
                "Escape",
                27,
                "End",
                35,
                "Home",
                36,
                "ArrowLeft",
                37,
                "ArrowUp",
                38,
                "ArrowRight",
                39,
                "ArrowDown",
                40);
        Map<String, Object> down = new java.util.HashMap<>(
                Map.of("type", "keyDown", "key", key, "code", key, "windowsVirtualKeyCode", codes.get(key)));
        if (key.equals("Enter")) {
            down.put("text", "\r");
        }
        send("Input.dispatchKeyEvent", down);
        send(
                "Input.dispatchKeyEvent",
                Map.of("type", "keyUp", "key", key, "code", key, "windowsVirtualKeyCode", codes.get(key)));
    }

    public void type(String text) {
        send("Input.insertText", Map.of("text", text));
    }

    /** Takes a picture of the page, all of it, for people to look at. */
    public Path screenshot(String name) throws IOException {
        Map<?, ?> answer = send("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        Path folder = Files.createDirectories(Path.of("target", "screenshots"));
        return Files.write(folder.resolve(name + ".png"), Base64.getDecoder().decode((String) answer.get("data")));
    }

    public Map<?, ?> send(String method, Map<String, ?> parameters) {
        int id = numbers.incrementAndGet();
        CompletableFuture<Map<?, ?>> answer = new CompletableFuture<>();
        socket.waiting.put(id, answer);
        connection
                .sendText(Json.write(Map.of("id", id, "method", method, "params", parameters)), true)
                .join();
        Map<?, ?> found =
                answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        if (found.get("error") != null) {
            throw new AssertionError(method + ": " + found.get("error"));
        }
        return (Map<?, ?>) found.get("result");
    }

    @Override
    public void close() throws IOException, InterruptedException {
        List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        process.waitFor(30, TimeUnit.SECONDS);
        Awaitility.await("the profile can be deleted")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> {
                    try (Stream<Path> files = Files.walk(profile)) {
                        for (Path file : files.sorted(java.util.Comparator.reverseOrder())
                                .toList()) {
                            Files.deleteIfExists(file);
                        }
                    }
                    return true;
                });
    }

    private final class Socket implements WebSocket.Listener {
        private final Map<Integer, CompletableFuture<Map<?, ?>>> waiting = new ConcurrentHashMap<>();
        private final StringBuilder partial = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                String message = partial.toString();
                partial.setLength(0);
                received((Map<?, ?>) Json.read(message));
            }
            webSocket.request(1);
            return null;
        }

        private void received(Map<?, ?> message) {
            Object id = message.get("id");
            if (id != null) {
                waiting.remove(((Number) id).intValue()).complete(message);
            } else if ("Runtime.exceptionThrown".equals(message.get("method"))) {
                complaints.add(String.valueOf(message.get("params")));
            } else if ("Log.entryAdded".equals(message.get("method"))) {
                Map<?, ?> entry = (Map<?, ?>) ((Map<?, ?>) message.get("params")).get("entry");
                if ("error".equals(entry.get("level"))) {
                    complaints.add(entry.get("source") + ": " + entry.get("text") + " " + entry.get("url"));
                }
            }
        }
    }
}
