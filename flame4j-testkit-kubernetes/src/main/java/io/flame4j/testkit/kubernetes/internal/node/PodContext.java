package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/**
 * What a container may ask about where it runs.
 *
 * @param podIp of its pod
 * @param hostIp of the node
 * @param capacity of the node, which is what a container has that has no limits
 * @param serviceVariables what every container has, unless it says otherwise
 */
record PodContext(String podIp, String hostIp, Map<String, Quantity> capacity, Map<String, String> serviceVariables) {}
