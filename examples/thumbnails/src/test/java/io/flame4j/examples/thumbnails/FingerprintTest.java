package io.flame4j.examples.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void scaledAndRecompressedCopiesAreNear(long seed) throws Exception {
        BufferedImage image = TestPictures.scene(320, 240, seed);
        Fingerprint original = of(Images.encode(image, "png"));

        assertThat(original.isNear(of(Images.jpeg(image, 0.3f)))).isTrue();
        assertThat(original.isNear(of(Images.jpeg(Images.fit(image, 200), 0.8f))))
                .isTrue();
        assertThat(original).isEqualTo(of(Images.encode(image, "png")));
    }

    @Test
    void differentPicturesAreApart() throws Exception {
        List<Fingerprint> prints = new ArrayList<>();
        for (long seed = 1; seed <= 24; seed++) {
            prints.add(of(Images.encode(TestPictures.scene(160, 120, seed), "png")));
        }

        assertThat(NearDuplicates.groups(prints, print -> print)).isEmpty();
    }

    @Test
    void evenPicturesDifferByTheirColour() throws Exception {
        Fingerprint red = Fingerprint.of(TestPictures.plain(50, 50, 0xC02020));
        Fingerprint blue = Fingerprint.of(TestPictures.plain(50, 50, 0x2020C0));
        Fingerprint otherRed = of(Images.jpeg(TestPictures.plain(90, 40, 0xC22222), 0.6f));

        assertThat(red.isNear(blue)).isFalse();
        assertThat(red.isNear(otherRed)).isTrue();
        assertThat(red.isNear(Fingerprint.of(TestPictures.of(5, 5, (x, y) -> 0))))
                .isFalse();
    }

    private static Fingerprint of(byte[] file) throws IOException {
        return Fingerprint.of(Images.fit(Images.read(file).image(), Pictures.THUMBNAIL_SIZE));
    }
}
