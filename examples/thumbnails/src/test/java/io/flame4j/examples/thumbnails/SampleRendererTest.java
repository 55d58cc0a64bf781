package io.flame4j.examples.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleRendererTest {

    @Test
    void rendersTheSameFileEachTime() throws Exception {
        for (int index : new int[] {4, 6, 41, 49}) {
            assertThat(SampleRenderer.render(index).bytes())
                    .isEqualTo(SampleRenderer.render(index).bytes());
        }
    }

    @Test
    void rendersPicturesCopiesAndDamagedFiles() throws Exception {
        List<String> names = new ArrayList<>();
        List<String> good = new ArrayList<>();
        List<Fingerprint> prints = new ArrayList<>();
        for (int index = 0; index < SampleRenderer.FILES; index++) {
            SampleRenderer.Sample sample = SampleRenderer.render(index);
            names.add(sample.name());
            try {
                prints.add(Pictures.examine(TestPictures.source(sample.bytes())).fingerprint());
                good.add(sample.name());
            } catch (BadPictureException e) {
                assertThat(index).isGreaterThanOrEqualTo(SampleRenderer.PICTURES);
            }
        }

        assertThat(names).hasSize(50).doesNotHaveDuplicates();
        assertThat(good).hasSize(48);
        assertThat(good).anyMatch(name -> name.endsWith(".png"));
        assertThat(good).anyMatch(name -> name.endsWith(".gif"));
        assertThat(good).anyMatch(name -> name.endsWith(".bmp"));
        List<Integer> indices = IntStream.range(0, 48).boxed().toList();
        assertThat(NearDuplicates.groups(indices, prints::get))
                .as("each copy is beside its original, and nothing else is alike")
                .containsExactly(
                        List.of(0, 40),
                        List.of(6, 41),
                        List.of(12, 42),
                        List.of(18, 43),
                        List.of(24, 44),
                        List.of(25, 45),
                        List.of(31, 46),
                        List.of(37, 47));
    }

    static BufferedImage decode(SampleRenderer.Sample sample) throws IOException {
        return Images.read(sample.bytes()).image();
    }
}
