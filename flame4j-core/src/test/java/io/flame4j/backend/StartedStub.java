package io.flame4j.backend;

/** Stands in for the runner's main: tells where it was loaded from, and how its own runners would start. */
public final class StartedStub {

    private StartedStub() {}

    public static void main(String[] args) {
        System.out.println("started with " + args.length + " arguments");
        System.out.println(
                "loaded with flame4j: " + (JvmCommand.class.getClassLoader() == StartedStub.class.getClassLoader()));
        System.out.println(
                "loader: " + StartedStub.class.getClassLoader().getClass().getSimpleName());
        System.out.println("context loader is the same: "
                + (Thread.currentThread().getContextClassLoader() == StartedStub.class.getClassLoader()));
        System.out.println("next: " + JvmCommand.ofThisProcess().start());
    }
}
