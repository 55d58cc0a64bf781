package io.flame4j.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.examples.thumbnails.BadPictureException;
import io.flame4j.spring.test.FlameTest;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.ContextConfiguration;

/** What runs on runners; here they are threads, and what travels still does so as bytes. */
@FlameTest
@ContextConfiguration(classes = ThumbnailsApplication.class)
class DarkroomTest {

    @Autowired
    private Darkroom darkroom;

    @Test
    void aPictureBecomesSmaller() throws Exception {
        Print print = darkroom.picture(Files.picture("png", 800, 400));

        BufferedImage image = Files.read(print.png());
        assertThat(image.getWidth()).isEqualTo(print.width()).isEqualTo(320);
        assertThat(image.getHeight()).isEqualTo(print.height()).isEqualTo(160);
        assertThat(new Color(image.getRGB(10, 80))).isEqualTo(Color.RED);
        assertThat(new Color(image.getRGB(310, 80))).isEqualTo(Color.BLUE);
    }

    @Test
    void aPictureIsTurnedAsTheCameraNoted() throws Exception {
        Print print = darkroom.picture(Files.lying(800, 400));

        BufferedImage image = Files.read(print.png());
        assertThat(image.getWidth()).isEqualTo(160);
        assertThat(image.getHeight()).isEqualTo(320);
        assertThat(new Color(image.getRGB(80, 20)).getRed()).isGreaterThan(200);
        assertThat(new Color(image.getRGB(80, 300)).getBlue()).isGreaterThan(200);
    }

    @Test
    void pagesOfAPdf() throws Exception {
        byte[] pdf = Files.pdf(3);

        assertThat(darkroom.pages(pdf)).isEqualTo(3);
        Print print = darkroom.page(pdf, 3);
        BufferedImage image = Files.read(print.png());
        assertThat(image.getWidth()).isEqualTo(print.width()).isEqualTo(320);
        assertThat(image.getHeight()).isEqualTo(print.height()).isEqualTo(160);
        assertThat(new Color(image.getRGB(160, 80))).isEqualTo(Color.BLUE);
    }

    @Test
    void whatCannotBeRead() throws Exception {
        assertThatThrownBy(() -> darkroom.picture("hello".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(BadPictureException.class)
                .hasMessage("not a picture in a known format");
        assertThatThrownBy(() -> darkroom.picture(Files.bomb()))
                .isInstanceOf(BadPictureException.class)
                .hasMessage("too large: 60000 x 60000 pixels, at most 100 million are read");
        byte[] pdf = Files.pdf(1);
        assertThatThrownBy(() -> darkroom.pages(Arrays.copyOf(pdf, 60)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("not a PDF that can be read");
        assertThatThrownBy(() -> darkroom.pages(Files.lockedPdf()))
                .isInstanceOf(IOException.class)
                .hasMessage("protected by a password: save it without one");
    }
}
