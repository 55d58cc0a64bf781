package io.flame4j.kubernetes.internal.diagnosis;

import io.flame4j.kubernetes.internal.diagnosis.PodView.Part;
import java.util.List;
import java.util.Locale;

/** Says from the words of container runtimes why a container could not be made or started, and what to do. */
enum StartError {
    ROOT_IMAGE(true, List.of("image will run as root")) {
        @Override
        String cure(Part part) {
            return "runAsNonRoot is set: set runAsUser too, or build " + part.image() + " with a numeric USER";
        }
    },
    NAMED_USER(true, List.of("non-numeric user")) {
        @Override
        String cure(Part part) {
            return "runAsNonRoot is set and the image names its user: set runAsUser, or build " + part.image()
                    + " with a numeric USER";
        }
    },
    ROOT_USER(true, List.of("runasuser breaks non-root policy")) {
        @Override
        String cure(Part part) {
            return "runAsNonRoot and runAsUser: 0 exclude each other";
        }
    },
    WORKING_DIRECTORY(true, List.of("chdir to cwd", "mkdir cwd")) {
        @Override
        String cure(Part part) {
            return "The working directory is not in the image, or its user may not enter it";
        }
    },
    NO_COMMAND(true, List.of("no command specified")) {
        @Override
        String cure(Part part) {
            return "The image has no entry point: give a command";
        }
    },
    WRONG_PLATFORM(true, List.of("exec format error")) {
        @Override
        String cure(Part part) {
            return "The image is for another processor than the node's: build it for that one, or choose nodes with a"
                    + " nodeSelector for kubernetes.io/arch";
        }
    },
    NOT_EXECUTABLE(true, List.of("exec: ", "executable file not found", "no such file or directory: unknown")) {
        @Override
        String cure(Part part) {
            return "The command must be in the image " + part.image()
                    + " and executable; see command(…) and image(…) of" + " the backend's builder";
        }
    },
    UNKNOWN(false, List.of());

    private final boolean permanent;
    private final List<String> signs;

    StartError(boolean permanent, List<String> signs) {
        this.permanent = permanent;
        this.signs = signs;
    }

    static StartError of(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        for (StartError candidate : values()) {
            if (candidate.signs.stream().anyMatch(text::contains)) {
                return candidate;
            }
        }
        return UNKNOWN;
    }

    boolean isPermanent() {
        return permanent;
    }

    /** A sentence without a full stop; empty when there is nothing to say. */
    String cure(Part part) {
        return "";
    }
}
