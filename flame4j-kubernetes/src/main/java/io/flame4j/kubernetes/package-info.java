/**
 * The part of a Kubernetes backend that makes runner pods from the parent's own pod. The backend itself, which talks to
 * the API server, does not exist yet: there is nothing for applications to use here.
 */
@NullMarked
package io.flame4j.kubernetes;

import org.jspecify.annotations.NullMarked;
