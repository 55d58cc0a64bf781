package io.flame4j.examples.spring;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** A user of the application, without a browser. */
final class Client {

    private static final String BOUNDARY = "----a-boundary-of-the-test";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String root;

    Client(int port) {
        this("http://127.0.0.1:" + port);
    }

    Client(String root) {
        this.root = root;
    }

    /** An event; its id is empty when it has none. */
    record Event(String name, String id, String data) {

        List<Picture> pictures() {
            return JSON.readValue(data, new TypeReference<>() {});
        }
    }

    HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<String> post(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.noBody());
        return http.send(with(request, headers).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder with(HttpRequest.Builder request, String... headers) {
        return headers.length == 0 ? request : request.headers(headers);
    }

    /** Uploads files; the id of the album is returned. */
    String album(Map<String, byte[]> files) throws IOException, InterruptedException {
        HttpResponse<String> answer = upload(files);
        if (answer.statusCode() != 201) {
            throw new AssertionError(answer + " " + answer.body());
        }
        return id(answer);
    }

    static String id(HttpResponse<String> answer) {
        return JSON.readTree(answer.body()).get("id").asString();
    }

    HttpResponse<String> upload(Map<String, byte[]> files, String... headers) throws IOException, InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"files\"; filename=\""
                            + file.getKey() + "\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(file.getValue());
            body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        body.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        HttpRequest.Builder request = request("/albums")
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()));
        return http.send(with(request, headers).build(), BodyHandlers.ofString());
    }

    /** All events of an album after one, until the server ends them. */
    List<Event> events(String album, String after) throws IOException, InterruptedException {
        try (Stream events = stream(album, after)) {
            List<Event> all = new ArrayList<>();
            for (Event event = events.next(); event != null; event = events.next()) {
                all.add(event);
            }
            return all;
        }
    }

    /** Each picture of an album as it is when nothing changes any more. */
    List<Picture> developed(String album) throws IOException, InterruptedException {
        List<Event> events = events(album, "");
        if (events.isEmpty() || !events.get(events.size() - 1).name().equals("end")) {
            throw new AssertionError("The events end too soon: " + events);
        }
        return JSON.readValue(get("/albums/" + album).body(), new TypeReference<>() {});
    }

    /** By a connection of its own that ends when the stream is closed: the JDK's newer client may keep it open. */
    Stream stream(String album, String after) throws IOException {
        URL url = URI.create(root + "/albums/" + album + "/events").toURL();
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setReadTimeout((int) PATIENCE.toMillis());
        if (!after.isEmpty()) {
            connection.setRequestProperty("Last-Event-ID", after);
        }
        if (connection.getResponseCode() != 200) {
            throw new AssertionError(connection + " was answered with " + connection.getResponseCode());
        }
        return new Stream(connection);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(root + path)).timeout(PATIENCE);
    }

    /** Events as they come. */
    static final class Stream implements AutoCloseable {

        private final HttpURLConnection connection;
        private final BufferedReader lines;

        private Stream(HttpURLConnection connection) throws IOException {
            this.connection = connection;
            this.lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        }

        /** The next one; comments and mere settings are passed over. Null at the end. */
        Event next() throws IOException {
            String name = "";
            String id = "";
            String data = null;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty() && data != null) {
                    return new Event(name, id, data);
                } else if (line.startsWith("event:")) {
                    name = line.substring(6);
                } else if (line.startsWith("id:")) {
                    id = line.substring(3);
                } else if (line.startsWith("data:")) {
                    data = line.substring(5);
                }
            }
            return null;
        }

        @Override
        public void close() {
            connection.disconnect();
        }
    }
}
