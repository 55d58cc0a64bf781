/**
 * Kubernetes for tests, without a cluster: {@link io.flame4j.testkit.kubernetes.FakeApiServer} is an API server in
 * memory.
 */
@NullMarked
package io.flame4j.testkit.kubernetes;

import org.jspecify.annotations.NullMarked;
