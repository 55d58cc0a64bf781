package io.flame4j.examples.spring;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows of a picture.
 *
 * @param number in its album, from 0
 * @param file which file of the upload it comes from, from 0
 * @param name of the file, and the page of a PDF
 * @param state how far it is
 * @param runner where it was made, or is made just now
 * @param millis how long that took
 * @param width of the thumbnail in pixels
 * @param height likewise
 * @param problem why it failed, and what to do
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Picture(
        int number,
        int file,
        String name,
        State state,
        @Nullable String runner,
        @Nullable Long millis,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable String problem) {

    /** How far a picture is. */
    enum State {
        WAITING,
        WORKING,
        DONE,
        FAILED
    }

    static Picture waiting(int number, int file, String name) {
        return new Picture(number, file, name, State.WAITING, null, null, null, null, null);
    }

    Picture named(String better) {
        return waiting(number, file, better);
    }

    Picture workedOnBy(String id) {
        return new Picture(number, file, name, State.WORKING, id, null, null, null, null);
    }

    Picture done(Print print) {
        return new Picture(number, file, name, State.DONE, runner, print.millis(), print.width(), print.height(), null);
    }

    Picture failed(String why) {
        return new Picture(number, file, name, State.FAILED, runner, null, null, null, why);
    }
}
