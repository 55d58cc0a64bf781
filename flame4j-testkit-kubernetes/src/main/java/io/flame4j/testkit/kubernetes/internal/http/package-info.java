/** As much of an HTTP server as an API server needs: requests, answers, and streams that only the server writes to. */
@NullMarked
package io.flame4j.testkit.kubernetes.internal.http;

import org.jspecify.annotations.NullMarked;
