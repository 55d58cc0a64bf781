package io.flame4j.spring.internal.runner;

import io.flame4j.FlameException;
import io.flame4j.spring.properties.RunnerProperties;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplicationHook;
import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Takes hold of the application's own {@code SpringApplication} while its {@code main} runs it: adds the profile, and
 * hands the context over as soon as it has started, before the command-line runners.
 */
final class RunnerHook implements SpringApplicationHook {

    private static final Logger LOG = LoggerFactory.getLogger(RunnerHook.class);

    /** Active on runners. */
    static final String PROFILE = "flame-runner";

    private final RunnerLaunch launch;
    private final Consumer<ConfigurableApplicationContext> started;
    private final QuietStart quiet = new QuietStart();
    private boolean taken;
    private volatile @Nullable Throwable failure;

    /**
     * Makes one.
     *
     * @param started is given the context, and does not return
     */
    RunnerHook(RunnerLaunch launch, Consumer<ConfigurableApplicationContext> started) {
        this.launch = launch;
        this.started = started;
    }

    /** Why the context has not started, whatever {@code main} made of that. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** What to say when {@code main} has returned without a context. */
    FlameException noContext() {
        Throwable caught = failure;
        return caught != null
                ? SpringRunner.failure(caught)
                : new FlameException("The main method of " + launch.mainClass() + " did not start the application with "
                        + launch.sources()
                        + " by SpringApplication on its own thread, so this runner has no context. Name"
                        + " another class in flame4j.runner.main-class, or set flame4j.runner.context=false");
    }

    /** The application's {@code main} has come to its end: Boot has reported why there is no context, if there is none. */
    void mainHasEnded() {
        quiet.end();
    }

    @Override
    public @Nullable SpringApplicationRunListener getRunListener(SpringApplication application) {
        if (taken || !isTheApplication(application)) {
            // A bootstrap context inside of the run, or another application.
            return null;
        }
        taken = true;
        Set<String> profiles = new LinkedHashSet<>(application.getAdditionalProfiles());
        profiles.addAll(launch.profiles());
        profiles.remove(PROFILE);
        profiles.add(PROFILE);
        application.setAdditionalProfiles(profiles.toArray(String[]::new));
        return new Listener(application);
    }

    private boolean isTheApplication(SpringApplication application) {
        return launch.sources().isEmpty()
                || application.getAllSources().stream()
                        .anyMatch(source -> source instanceof Class<?> type
                                && launch.sources().contains(type.getName()));
    }

    private final class Listener implements SpringApplicationRunListener {

        private final SpringApplication application;

        Listener(SpringApplication application) {
            this.application = application;
        }

        /** Boot has set up the logging just before, since this listener comes last. */
        @Override
        public void environmentPrepared(ConfigurableBootstrapContext bootstrap, ConfigurableEnvironment environment) {
            quiet.begin(application.getClassLoader());
        }

        @Override
        public void contextPrepared(ConfigurableApplicationContext prepared) {
            prepared.addBeanFactoryPostProcessor(new NoProcessors(settings(prepared)));
        }

        @Override
        public void contextLoaded(ConfigurableApplicationContext context) {
            String lost = LostArguments.of(
                    launch.arguments(),
                    context.getBeanFactory().getBean(ApplicationArguments.class).getSourceArgs());
            if (!lost.isEmpty()) {
                LOG.warn(
                        "Of the parent's command line, {} does not hold on this runner: the main method of {} was given it and did"
                                + " not hand it to SpringApplication.run. Hand all arguments on, or set what runners need as"
                                + " flame4j.runner.properties.*",
                        lost,
                        launch.mainClass());
            }
        }

        @Override
        public void started(ConfigurableApplicationContext context, @Nullable Duration time) {
            if (!settings(context).commandLineRunners()) {
                handOver(context);
            }
        }

        @Override
        public void ready(ConfigurableApplicationContext ready, @Nullable Duration time) {
            handOver(ready);
        }

        private void handOver(ConfigurableApplicationContext context) {
            quiet.end();
            started.accept(context);
        }

        @Override
        public void failed(@Nullable ConfigurableApplicationContext context, Throwable exception) {
            failure = exception;
        }

        private RunnerProperties settings(ConfigurableApplicationContext of) {
            return Binder.get(of.getEnvironment()).bindOrCreate("flame4j.runner", RunnerProperties.class);
        }
    }
}
