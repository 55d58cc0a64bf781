package io.flame4j.kubernetes.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class ReadingTest {

    private final KubernetesSerialization serialization = new KubernetesSerialization();
    private final RecordedLog log = new RecordedLog(Level.TRACE);

    @Test
    void the_log_is_told_of_what_cannot_be_read_and_not_what_was_in_it() {
        String torn = "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"spec\":"
                + "{\"containers\":[{\"env\":[{\"name\":\"FLAME_PARENT_TOKEN\",\"value\":s3cret}]}]}}}";

        assertThat(Reading.of(serialization, torn, WatchEvent.class, log)).isNull();

        assertThat(log.lines()).singleElement().asString().contains("DEBUG What should be a WatchEvent cannot be read");
        assertThat(log.lines() + " " + log.failures()).doesNotContain("s3cret");
        assertThat(log.failures()).isEmpty();
    }

    @Test
    void what_can_be_read_is_read() {
        String json = "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"}}";

        Pod pod = Reading.of(serialization, json, Pod.class, log);

        assertThat(pod).isNotNull();
        assertThat(pod.getMetadata().getName()).isEqualTo("a");
        assertThat(log.lines()).isEmpty();
    }
}
