package io.flame4j.examples.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureFinderTest {

    @TempDir
    Path folder;

    private Output output;

    @BeforeEach
    void setUp() {
        output = new Output(folder.resolve("out"));
    }

    @Test
    void findsPicturesInFoldersToo() throws Exception {
        touch("b.PNG", "a.jpg", "sub/deep/c.jpeg", "sub/d.gif", "e.bmp", "notes.txt", "png", ".png", "f.jpg.bak");
        touch(".hidden/g.png", "out/samples/h.png", "out/thumbs/0001.jpg");

        PictureFinder.Found found = PictureFinder.find(folder, output);

        assertThat(found.files())
                .extracting(file -> found.folder().relativize(file).toString().replace('\\', '/'))
                .containsExactly("a.jpg", "b.PNG", "e.bmp", "sub/d.gif", "sub/deep/c.jpeg");
        assertThat(Path.of(found.name(4))).isEqualTo(Path.of("sub", "d.gif"));
    }

    @Test
    void findsTheSamplesButNotTheThumbnails() throws Exception {
        touch("out/samples/h.png", "out/thumbs/0001.jpg");

        assertThat(PictureFinder.find(output.samples(), output).files()).hasSize(1);
        assertThat(PictureFinder.find(output.folder(), output).files()).hasSize(1);
        assertThatThrownBy(() -> PictureFinder.find(output.thumbnails(), output))
                .hasMessageEndingWith("is where this program writes its thumbnails");
    }

    @Test
    void saysWhyThereIsNothingToDo() throws Exception {
        touch("notes.txt");
        Path file = folder.resolve("notes.txt");

        assertThatThrownBy(() -> PictureFinder.find(folder, output))
                .isInstanceOf(PictureFinder.NoPicturesException.class)
                .hasMessage("no PNG, JPEG, GIF or BMP pictures in " + folder);
        assertThatThrownBy(() -> PictureFinder.find(file, output)).hasMessage(file + " is not a directory");
        assertThatThrownBy(() -> PictureFinder.find(folder.resolve("none"), output))
                .hasMessageEndingWith("none does not exist");
    }

    private void touch(String... names) throws IOException {
        for (String name : names) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "");
        }
    }
}
