package io.flame4j.examples.spring;

import io.flame4j.spring.ConditionalOnFlameParent;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** What the page asks for. */
@RestController
@ConditionalOnFlameParent
class AlbumController {

    private final Albums albums;
    private final Viewers viewers;
    private final Map<String, Long> limits;

    AlbumController(
            Albums albums,
            Viewers viewers,
            Limits limits,
            @Value("${spring.servlet.multipart.max-file-size}") DataSize maxFile,
            @Value("${spring.servlet.multipart.max-request-size}") DataSize maxUpload) {
        this.albums = albums;
        this.viewers = viewers;
        this.limits = Map.of(
                "files",
                (long) limits.files(),
                "pictures",
                (long) limits.pictures(),
                "fileBytes",
                maxFile.toBytes(),
                "uploadBytes",
                maxUpload.toBytes());
    }

    /** So that the page refuses at once what would be refused here. */
    @GetMapping("/limits")
    Map<String, Long> limits() {
        return limits;
    }

    /** Uploads pictures and PDFs. */
    @PostMapping("/albums")
    ResponseEntity<Map<String, String>> upload(@RequestParam(required = false) @Nullable List<MultipartFile> files)
            throws IOException {
        return begun(albums.begin(files == null ? List.of() : files));
    }

    /** Pictures for somebody who has none at hand. */
    @PostMapping("/albums/samples")
    ResponseEntity<Map<String, String>> samples() {
        return begun(albums.beginSamples());
    }

    private static ResponseEntity<Map<String, String>> begun(Album album) {
        return ResponseEntity.created(URI.create("/albums/" + album.id())).body(Map.of("id", album.id()));
    }

    @GetMapping("/albums/{id}")
    List<Picture> album(@PathVariable String id) {
        return albums.get(id).since(0).pictures();
    }

    /** The pictures of an album as they change, as server-sent events. */
    @GetMapping(path = "/albums/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter events(
            @PathVariable String id, @RequestHeader(name = "Last-Event-ID", defaultValue = "0") long lastEvent) {
        return viewers.show(albums.get(id), lastEvent);
    }

    @GetMapping("/albums/{id}/pictures/{number}")
    ResponseEntity<byte[]> picture(@PathVariable String id, @PathVariable int number) {
        Print print = albums.get(id)
                .print(number)
                .orElseThrow(() -> new Refusal(
                        HttpStatus.NOT_FOUND, "There is no picture %d in this album, or not yet.".formatted(number)));
        return ResponseEntity.ok()
                .cacheControl(CacheControl.maxAge(Duration.ofHours(1)).cachePrivate())
                .contentType(MediaType.IMAGE_PNG)
                .body(print.png());
    }
}
