package io.flame4j.backend;

/** The main of an application that tells how its runners would start, one argument a line. */
public final class StartReporter {

    private StartReporter() {}

    public static void main(String[] args) {
        JvmCommand command = JvmCommand.ofThisProcess().withMainClass("io.flame4j.backend.StartedStub");
        System.out.println(command.start());
        command.withAbsolutePaths().arguments().forEach(System.out::println);
    }
}
