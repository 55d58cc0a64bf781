package io.flame4j.examples.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrientationTest {

    private static final int RED = 0xFFFF0000;
    private static final int GREEN = 0xFF00FF00;
    private static final int BLUE = 0xFF0000FF;

    /** Where the corners of the stored picture (top left, top right, bottom left) are to be seen. */
    @ParameterizedTest
    @CsvSource({
        "1, 0,0, 2,0, 0,1",
        "2, 2,0, 0,0, 2,1",
        "3, 2,1, 0,1, 2,0",
        "4, 0,1, 2,1, 0,0",
        "5, 0,0, 0,2, 1,0",
        "6, 1,0, 1,2, 0,0",
        "7, 1,2, 1,0, 0,2",
        "8, 0,2, 0,0, 1,2"
    })
    void turns(int exif, int redX, int redY, int greenX, int greenY, int blueX, int blueY) {
        BufferedImage image = TestPictures.plain(3, 2, 0);
        image.setRGB(0, 0, RED);
        image.setRGB(2, 0, GREEN);
        image.setRGB(0, 1, BLUE);

        BufferedImage turned = new Orientation(exif).apply(image);

        assertThat(turned.getRGB(redX, redY)).isEqualTo(RED);
        assertThat(turned.getRGB(greenX, greenY)).isEqualTo(GREEN);
        assertThat(turned.getRGB(blueX, blueY)).isEqualTo(BLUE);
    }

    @Test
    void isReadFromEitherByteOrder() throws Exception {
        assertThat(Orientation.of(photo(6, ByteOrder.BIG_ENDIAN)).exif()).isEqualTo(6);
        assertThat(Orientation.of(photo(8, ByteOrder.LITTLE_ENDIAN)).exif()).isEqualTo(8);
        assertThat(Orientation.of(photo(77, ByteOrder.BIG_ENDIAN))).isEqualTo(Orientation.NORMAL);
    }

    @Test
    void isNormalWithoutANote() throws Exception {
        byte[] photo = photo(6, ByteOrder.BIG_ENDIAN);

        assertThat(Orientation.of(Images.jpeg(TestPictures.plain(9, 9, 0), 0.9f)))
                .isEqualTo(Orientation.NORMAL);
        assertThat(Orientation.of(Images.encode(TestPictures.plain(9, 9, 0), "png")))
                .isEqualTo(Orientation.NORMAL);
        for (int length = 0; length < 36; length++) {
            assertThat(Orientation.of(Arrays.copyOf(photo, length))).isEqualTo(Orientation.NORMAL);
        }
    }

    @Test
    void swapsTheSidesOfAReport() throws Exception {
        PictureReport report = Pictures.examine(TestPictures.source(photo(6, ByteOrder.BIG_ENDIAN)));

        assertThat(report.file().width()).isEqualTo(20);
        assertThat(report.file().height()).isEqualTo(40);
        assertThat(report.thumbnail().width()).isEqualTo(20);
    }

    /** A JPEG of 40 x 20 pixels with such a note. */
    private static byte[] photo(int orientation, ByteOrder order) throws Exception {
        byte[] jpeg = Images.jpeg(TestPictures.plain(40, 20, 0xAA5500), 0.9f);
        ByteBuffer photo = ByteBuffer.allocate(jpeg.length + 36);
        photo.putShort((short) 0xFFD8).putShort((short) 0xFFE1).putShort((short) 34);
        photo.put(new byte[] {'E', 'x', 'i', 'f', 0, 0});
        photo.order(order).putShort((short) (order == ByteOrder.BIG_ENDIAN ? 0x4D4D : 0x4949));
        photo.putShort((short) 42).putInt(8).putShort((short) 1);
        photo.putShort((short) 0x0112).putShort((short) 3).putInt(1);
        photo.putShort((short) orientation).putShort((short) 0).putInt(0);
        photo.put(jpeg, 2, jpeg.length - 2);
        return Arrays.copyOf(photo.array(), photo.position());
    }
}
