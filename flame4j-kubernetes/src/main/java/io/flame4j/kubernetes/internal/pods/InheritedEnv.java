package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The environment variables of the parent's container that a runner gets too. */
final class InheritedEnv {

    private InheritedEnv() {}

    static List<EnvVar> of(Container app, Warnings warnings) {
        Map<String, EnvVar> result = new LinkedHashMap<>();
        for (EnvVar variable : app.getEnv()) {
            ResourceFieldSelector field = variable.getValueFrom() == null
                    ? null
                    : variable.getValueFrom().getResourceFieldRef();
            if (ForcedEnv.NAMES.contains(variable.getName())) {
                continue;
            }
            if (field == null || field.getContainerName() == null) {
                result.put(variable.getName(), variable);
            } else if (field.getContainerName().equals(app.getName())) {
                result.put(variable.getName(), ofOwnContainer(variable));
            } else {
                warnings.add("The environment variable " + variable.getName() + " is left out, because it tells a"
                        + " resource of container '" + field.getContainerName() + "', which runners do not have.");
            }
        }
        return List.copyOf(result.values());
    }

    private static EnvVar ofOwnContainer(EnvVar variable) {
        return new EnvVarBuilder(variable)
                .editValueFrom()
                .editResourceFieldRef()
                .withContainerName(null)
                .endResourceFieldRef()
                .endValueFrom()
                .build();
    }
}
