/**
 * A small HTTP service that makes thumbnails, on runner pods when it runs in Kubernetes.
 *
 * <p>Begin at {@link io.flame4j.examples.kubernetes.Main}. {@code PictureTasks} is what runs on the runners,
 * {@code Backends} what decides where these are; the rest is an ordinary service around them.
 */
@NullMarked
package io.flame4j.examples.kubernetes;

import org.jspecify.annotations.NullMarked;
