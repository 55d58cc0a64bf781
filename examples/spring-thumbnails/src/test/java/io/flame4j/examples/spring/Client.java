package io.flame4j.examples.spring;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
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

    Stream stream(String album, String after) throws IOException, InterruptedException {
        HttpRequest.Builder request = request("/albums/" + album + "/events");
        if (!after.isEmpty()) {
            request.header("Last-Event-ID", after);
        }
        HttpResponse<InputStream> answer = http.send(request.build(), BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer + " " + new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
        }
        return new Stream(answer.body());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(root + path)).timeout(Duration.ofMinutes(4));
    }

    /** Events as they come. */
    static final class Stream implements AutoCloseable {

        private final InputStream body;
        private final BufferedReader lines;

        private Stream(InputStream body) {
            this.body = body;
            this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
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
        public void close() throws IOException {
            body.close();
        }
    }
}
