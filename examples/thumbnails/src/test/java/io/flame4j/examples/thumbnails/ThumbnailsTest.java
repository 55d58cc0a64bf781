package io.flame4j.examples.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ThumbnailsTest {

    @Test
    void makesAPngNoLongerThanAsked() throws Exception {
        byte[] file = Images.jpeg(TestPictures.scene(400, 200, 1), 0.9f);

        Thumbnails.Thumbnail thumbnail = InProcessPool.trip(Thumbnails.of(file, 100));

        BufferedImage image = ImageIO.read(new ByteArrayInputStream(thumbnail.png()));
        assertThat(image.getWidth()).isEqualTo(100).isEqualTo(thumbnail.width());
        assertThat(image.getHeight()).isEqualTo(50).isEqualTo(thumbnail.height());
    }

    @Test
    void givesTheSampleOfEachNumber() throws Exception {
        assertThat(InProcessPool.trip(Thumbnails.sample(4)).name()).isEqualTo("04-" + name(4));
        Thumbnails.Sample last = Thumbnails.sample(Thumbnails.SAMPLES);
        assertThatThrownBy(() -> Thumbnails.of(last.file(), 100))
                .isInstanceOf(BadPictureException.class)
                .hasMessage("not a picture in a known format");
    }

    private static String name(int number) throws Exception {
        return SampleRenderer.render(number - 1).name().substring(3);
    }
}
