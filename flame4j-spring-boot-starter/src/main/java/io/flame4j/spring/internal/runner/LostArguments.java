package io.flame4j.spring.internal.runner;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What {@code main} has kept from {@code SpringApplication.run} of the arguments that it was given. */
final class LostArguments {

    private LostArguments() {}

    /** Their names, without values, which may be secret. */
    static String of(List<String> given, String... handedOn) {
        List<String> lost = new ArrayList<>(given);
        lost.removeAll(Arrays.asList(handedOn));
        return String.join(", ", lost.stream().map(LostArguments::name).toList());
    }

    private static String name(String argument) {
        int value = argument.indexOf('=');
        return argument.startsWith("--") ? value < 0 ? argument : argument.substring(0, value) : "an argument";
    }
}
