package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFileBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.VolumeProjectionBuilder;
import java.util.ArrayList;
import java.util.List;

/** Volumes that tell the resources of a container do so by its name, which is another one in a runner. */
final class DownwardItems {

    private DownwardItems() {}

    static Volume forRunner(Volume volume, String app, Warnings warnings) {
        if (volume.getDownwardAPI() != null) {
            return new VolumeBuilder(volume)
                    .editDownwardAPI()
                    .withItems(items(volume.getName(), volume.getDownwardAPI().getItems(), app, warnings))
                    .endDownwardAPI()
                    .build();
        }
        if (volume.getProjected() != null) {
            List<VolumeProjection> sources = volume.getProjected().getSources().stream()
                    .map(source -> source.getDownwardAPI() == null
                            ? source
                            : new VolumeProjectionBuilder(source)
                                    .editDownwardAPI()
                                    .withItems(items(
                                            volume.getName(),
                                            source.getDownwardAPI().getItems(),
                                            app,
                                            warnings))
                                    .endDownwardAPI()
                                    .build())
                    .toList();
            return new VolumeBuilder(volume)
                    .editProjected()
                    .withSources(sources)
                    .endProjected()
                    .build();
        }
        return volume;
    }

    private static List<DownwardAPIVolumeFile> items(
            String volume, List<DownwardAPIVolumeFile> items, String app, Warnings warnings) {
        List<DownwardAPIVolumeFile> result = new ArrayList<>();
        for (DownwardAPIVolumeFile item : items) {
            if (item.getResourceFieldRef() == null) {
                result.add(item);
            } else if (app.equals(item.getResourceFieldRef().getContainerName())) {
                result.add(new DownwardAPIVolumeFileBuilder(item)
                        .editResourceFieldRef()
                        .withContainerName(RunnerPods.CONTAINER)
                        .endResourceFieldRef()
                        .build());
            } else {
                warnings.add(
                        "The file " + item.getPath() + " of volume '" + volume + "' is left out, because it tells a"
                                + " resource of container '"
                                + item.getResourceFieldRef().getContainerName()
                                + "', which runners do not have.");
            }
        }
        return result;
    }
}
