package io.flame4j.examples.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class PaletteTest {

    @Test
    void findsTheColoursOfStripes() {
        List<Swatch> colours = Palette.of(
                TestPictures.of(100, 10, (x, y) -> x < 50 ? 0xFFE02020 : x < 80 ? 0xFF20A040 : 0xFF2030D0), 5);

        assertThat(colours).extracting(Swatch::hex).containsExactly("#e02020", "#20a040", "#2030d0");
        assertThat(colours).extracting(Swatch::share).containsExactly(0.5, 0.3, 0.2);
    }

    @Test
    void givesAsManyAsAskedFor() {
        List<Swatch> colours = Palette.of(TestPictures.scene(200, 150, 4), 5);

        assertThat(colours).hasSize(5).isSortedAccordingTo((a, b) -> Double.compare(b.share(), a.share()));
        assertThat(colours.stream().mapToDouble(Swatch::share).sum()).isCloseTo(1, within(0.03));
        assertThat(Palette.of(TestPictures.scene(200, 150, 4), 5)).isEqualTo(colours);
    }

    @Test
    void doesNotCountWhatIsTransparent() {
        assertThat(Palette.of(TestPictures.of(10, 10, (x, y) -> 0x10FF0000), 5)).isEmpty();
    }
}
