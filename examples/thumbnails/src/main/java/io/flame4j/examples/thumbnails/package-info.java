/**
 * A small program that uses flame4j: thumbnails, colours and near-duplicates of a folder of pictures.
 *
 * <p>Begin at {@link io.flame4j.examples.thumbnails.ThumbnailJob}, which has the pool. {@code Pictures} and
 * {@code SampleRenderer} are what runs on the runners, the rest is ordinary code around it. {@code Thumbnails} is the part
 * that the Kubernetes example uses too.
 */
@NullMarked
package io.flame4j.examples.thumbnails;

import org.jspecify.annotations.NullMarked;
