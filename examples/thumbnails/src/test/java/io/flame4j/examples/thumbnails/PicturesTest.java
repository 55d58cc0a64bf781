package io.flame4j.examples.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PicturesTest {

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "gif", "bmp"})
    void makesAThumbnailOfEachFormat(String format) throws Exception {
        BufferedImage image = Images.resize(TestPictures.scene(600, 300, 1), 600, 300, BufferedImage.TYPE_INT_RGB);

        PictureReport report = Pictures.examine(TestPictures.source(image, format));

        assertThat(report.file().format()).isEqualToIgnoringCase(format);
        assertThat(report.file().width()).isEqualTo(600);
        assertThat(report.file().height()).isEqualTo(300);
        BufferedImage thumbnail =
                ImageIO.read(new ByteArrayInputStream(report.thumbnail().bytes()));
        assertThat(thumbnail.getWidth())
                .isEqualTo(256)
                .isEqualTo(report.thumbnail().width());
        assertThat(thumbnail.getHeight())
                .isEqualTo(128)
                .isEqualTo(report.thumbnail().height());
        assertThat(report.work().end()).isAfterOrEqualTo(report.work().start());
    }

    @ParameterizedTest
    @CsvSource({"1,1,1,1", "100,50,100,50", "256,256,256,256", "257,10,256,10", "5000,2,256,1", "3,2000,1,256"})
    void neverEnlargesAndNeverVanishes(int width, int height, int thumbWidth, int thumbHeight) throws Exception {
        PictureReport report =
                Pictures.examine(TestPictures.source(TestPictures.plain(width, height, 0x336699), "png"));

        assertThat(report.thumbnail().width()).isEqualTo(thumbWidth);
        assertThat(report.thumbnail().height()).isEqualTo(thumbHeight);
        assertThat(report.colours()).extracting(Swatch::hex).containsExactly("#336699");
    }

    @Test
    void keepsTransparency() throws Exception {
        BufferedImage image = TestPictures.of(40, 40, (x, y) -> x < 20 ? 0 : 0xFFFF0000);

        PictureReport report = Pictures.examine(TestPictures.source(image, "png"));

        assertThat(report.thumbnail().extension()).isEqualTo("png");
        assertThat(report.colours()).containsExactly(new Swatch(0xFF0000, 1));
        BufferedImage thumbnail =
                ImageIO.read(new ByteArrayInputStream(report.thumbnail().bytes()));
        assertThat(thumbnail.getRGB(2, 2) >>> 24).isZero();
    }

    @Test
    void readsLargePicturesInPart() throws Exception {
        byte[] file = Images.encode(
                Images.resize(TestPictures.scene(400, 400, 3), 6000, 4000, BufferedImage.TYPE_INT_RGB), "jpeg");

        Images.Picture picture = Images.read(file);

        assertThat(picture.width()).isEqualTo(6000);
        assertThat(picture.image().getWidth()).isEqualTo(3000);
        assertThat(Pictures.examine(TestPictures.source(file)).file().height()).isEqualTo(4000);
    }

    @Test
    void refusesWhatClaimsToBeEnormous() throws Exception {
        byte[] file = Images.encode(TestPictures.plain(8, 8, 0), "png");
        ByteBuffer header = ByteBuffer.wrap(file);
        header.putInt(16, 1_000_000).putInt(20, 1_000_000);
        CRC32 crc = new CRC32();
        crc.update(file, 12, 17);
        header.putInt(29, (int) crc.getValue());

        assertThat(failure(file)).hasMessageStartingWith("too large: 1000000 x 1000000 pixels");
    }

    @Test
    void saysWhatIsWrongWithDamagedFiles() throws Exception {
        byte[] jpeg = Images.jpeg(TestPictures.scene(300, 300, 1), 0.9f);
        byte[] png = Images.encode(TestPictures.scene(300, 300, 1), "png");
        byte[] bmp = Images.encode(Images.read(jpeg).image(), "bmp");
        byte[] scrambled = png.clone();
        Arrays.fill(scrambled, 100, 200, (byte) 7);

        for (byte[] file : new byte[][] {jpeg, png, bmp}) {
            assertThat(failure(Arrays.copyOf(file, file.length / 2))).hasMessage("cut off: the data ends too soon");
        }
        assertThat(failure(scrambled).getMessage()).isNotBlank();
        assertThat(failure("hello".getBytes(StandardCharsets.UTF_8))).hasMessage("not a picture in a known format");
        assertThat(failure(new byte[0])).hasMessage("not a picture in a known format");
    }

    @Test
    void neverFailsInAnotherWay() throws Exception {
        byte[][] files = {
            Images.jpeg(TestPictures.scene(60, 60, 1), 0.9f),
            Images.encode(TestPictures.scene(60, 60, 2), "png"),
            Images.encode(TestPictures.plain(60, 60, 3), "gif"),
            Images.encode(Images.fit(SampleRendererTest.decode(SampleRenderer.render(9)), 60), "bmp")
        };
        for (byte[] file : files) {
            for (int i = 0; i < Math.min(file.length, 700); i++) {
                byte[] flipped = file.clone();
                flipped[i] ^= (byte) 0x95;
                try {
                    Pictures.examine(TestPictures.source(flipped));
                } catch (BadPictureException e) {
                    assertThat(e.getMessage()).isNotBlank();
                }
            }
        }
    }

    @Test
    void failureTravelsWithItsFields() throws Exception {
        BadPictureException failure = InProcessPool.trip(failure(new byte[] {1, 2, 3}));

        assertThat(failure).hasMessage("not a picture in a known format");
        assertThat(failure.work().runner()).isEqualTo("this JVM");
    }

    private static BadPictureException failure(byte[] file) {
        return catchThrowableOfType(BadPictureException.class, () -> Pictures.examine(TestPictures.source(file)));
    }
}
