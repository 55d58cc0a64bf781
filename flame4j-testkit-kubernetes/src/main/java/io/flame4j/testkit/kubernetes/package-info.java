/**
 * Kubernetes for tests, without a cluster: {@link io.flame4j.testkit.kubernetes.FakeApiServer} is an API server in
 * memory, {@link io.flame4j.testkit.kubernetes.ProcessNode} a node that runs pods as processes.
 */
@NullMarked
package io.flame4j.testkit.kubernetes;

import org.jspecify.annotations.NullMarked;
