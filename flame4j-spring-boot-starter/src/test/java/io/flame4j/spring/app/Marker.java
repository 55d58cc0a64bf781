package io.flame4j.spring.app;

/** A bean of a name. */
public record Marker(String name) {}
