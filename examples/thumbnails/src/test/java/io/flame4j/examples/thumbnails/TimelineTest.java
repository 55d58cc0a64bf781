package io.flame4j.examples.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class TimelineTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void putsRunnersAndCallsTogether() {
        Timeline timeline = Timeline.of(
                START,
                List.of(life("r-1", 0, 400, 5000), new RunnerLog.Life("r-2", at(100), null, null, null)),
                List.of(call("b", "r-1", 900, 1200), call("a", "r-1", 500, 800)));

        assertThat(timeline.length()).isEqualTo(5.0);
        assertThat(timeline.lanes()).hasSize(2);
        Timeline.Lane first = timeline.lanes().get(0);
        assertThat(first.boot()).isEqualTo(0.0);
        assertThat(first.ready()).isEqualTo(0.4);
        assertThat(first.end()).isEqualTo(5.0);
        assertThat(first.slots()).isEqualTo(1);
        assertThat(first.bars()).extracting(Timeline.Bar::label).containsExactly("a", "b");
        assertThat(timeline.lanes().get(1).ready()).isNull();
        assertThat(timeline.lanes().get(1).end()).isEqualTo(5.0);
        assertThat(timeline.lanes().get(1).ending()).isNull();
    }

    @Test
    void stacksConcurrentCalls() {
        Timeline timeline = Timeline.of(
                START,
                List.of(),
                List.of(
                        call("a", "r", 0, 100),
                        call("b", "r", 50, 150),
                        call("c", "r", 100, 200),
                        call("d", "r", 120, 130)));

        Timeline.Lane lane = timeline.lanes().get(0);
        assertThat(lane.slots()).isEqualTo(3);
        assertThat(lane.bars()).extracting(Timeline.Bar::slot).containsExactly(0, 1, 0, 2);
        assertThat(lane.boot()).isNull();
    }

    @Test
    void isDrawnAsWellFormedXml() throws Exception {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            Timeline timeline = Timeline.of(
                    START,
                    List.of(life("r-1", 0, 400, 5000), life("r-2", 3, 420, 5100)),
                    List.of(
                            call("<&\"'\u0001>.png", "r-1", 500, 800),
                            call("b", "r-1", 600, 1200),
                            call("c", "r-2", 500, 501)));
            Document svg = parse(TimelineSvg.render(timeline));

            assertThat(count(svg, "//*[@class='lane']")).isEqualTo(2);
            assertThat(count(svg, "//*[starts-with(@class, 'bar ')]")).isEqualTo(3);
            assertThat(count(svg, "//*[@class='lane']//*[@class='boot']")).isEqualTo(2);
            assertThat(count(svg, "//*[@class='lane']//*[@class='ending']")).isEqualTo(2);
            assertThat(count(svg, "//*[@class='lane']//*[@class='rail']")).isEqualTo(3);
            assertThat(count(svg, "//@x[contains(., ',')] | //@width[contains(., ',')]"))
                    .isZero();
            assertThat(svg.getDocumentElement().getTextContent()).contains("<&\"'\uFFFD>.png", "stopped: idle");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void isDrawnWhenThereIsNothing() throws Exception {
        Document svg = parse(TimelineSvg.render(Timeline.of(START, List.of(), List.of())));

        assertThat(count(svg, "//*[@class='lane']")).isZero();
    }

    @Test
    void hasRoundMarksOnTheAxis() {
        assertThat(TimelineSvg.tick(7.3)).isEqualTo(1.0);
        assertThat(TimelineSvg.tick(12)).isEqualTo(2.0);
        assertThat(TimelineSvg.tick(0.42)).isEqualTo(0.05);
        assertThat(TimelineSvg.tick(600)).isEqualTo(100.0);
        for (double length = 0.02; length < 10_000; length *= 1.3) {
            assertThat(length / TimelineSvg.tick(length)).isBetween(3.9, 10.0001);
        }
    }

    private static RunnerLog.Life life(String id, long boot, long ready, long end) {
        return new RunnerLog.Life(id, at(boot), at(ready), at(end), RunnerLog.Ending.IDLE);
    }

    private static Timeline.Call call(String label, String runner, long start, long end) {
        return new Timeline.Call(label, Timeline.Kind.PICTURE, new Work(runner, at(start), at(end)));
    }

    private static Instant at(long millis) {
        return START.plusMillis(millis);
    }

    static Document parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    static int count(Document document, String path) throws Exception {
        return ((Number) XPathFactory.newInstance()
                        .newXPath()
                        .evaluate("count(" + path + ")", document, XPathConstants.NUMBER))
                .intValue();
    }
}
