package io.flame4j.kubernetes.internal.doctor;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.kubernetes.DoctorReport.Finding;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether runners get the code that the parent has. */
final class ImageCheck {

    private static final String NAME = "Image";

    private ImageCheck() {}

    /**
     * Checks it.
     *
     * @param app the parent's container, null when the parent does not run in a pod
     */
    static Finding of(@Nullable Container app, Pod runner) {
        Container container = runner.getSpec().getContainers().get(0);
        String image = Objects.requireNonNullElse(container.getImage(), "");
        String policy = container.getImagePullPolicy();
        String described = image + (policy == null ? "" : " (" + policy + ")");
        if (app == null) {
            return Findings.good(NAME, described + "; this process is in none, so that they cannot be compared");
        }
        if (!image.equals(app.getImage())) {
            return Findings.advice(
                    NAME,
                    described + ", but the parent has " + app.getImage()
                            + ". Closures only travel between builds of the same classes",
                    "");
        }
        boolean pulls = policy == null ? isLatest(image) : policy.equals("Always");
        return isLatest(image) && pulls
                ? Findings.advice(
                        NAME,
                        described
                                + ", as the parent; but runners pull it anew, and get another build once the tag moves",
                        "# in the Deployment, at the application's container: a tag that does not move, or a digest\n"
                                + "image: " + base(image) + ":1.0.0\n")
                : Findings.good(NAME, described + ", as the parent");
    }

    private static boolean isLatest(String image) {
        String name = image.substring(image.lastIndexOf('/') + 1);
        return !image.contains("@") && (!name.contains(":") || name.endsWith(":latest"));
    }

    private static String base(String image) {
        return image.endsWith(":latest") ? image.substring(0, image.length() - ":latest".length()) : image;
    }
}
