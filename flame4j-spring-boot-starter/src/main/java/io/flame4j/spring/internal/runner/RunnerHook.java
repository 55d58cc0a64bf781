package io.flame4j.spring.internal.runner;

import io.flame4j.spring.properties.RunnerProperties;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplication.AbandonedRunException;
import org.springframework.boot.SpringApplicationHook;
import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Takes hold of the application's own {@code SpringApplication} while its {@code main} runs it: adds the profile, and lets
 * go of {@code main} as soon as the context has started, before the command-line runners.
 */
final class RunnerHook implements SpringApplicationHook {

    /** Active on runners. */
    static final String PROFILE = "flame-runner";

    private final RunnerLaunch launch;
    private boolean taken;
    private @Nullable ConfigurableApplicationContext context;

    RunnerHook(RunnerLaunch launch) {
        this.launch = launch;
    }

    /** The context that was started, if one was. */
    @Nullable
    ConfigurableApplicationContext context() {
        return context;
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
        return new Listener();
    }

    private boolean isTheApplication(SpringApplication application) {
        return launch.sources().isEmpty()
                || application.getAllSources().stream()
                        .anyMatch(source -> source instanceof Class<?> type
                                && launch.sources().contains(type.getName()));
    }

    private final class Listener implements SpringApplicationRunListener {

        @Override
        public void contextPrepared(ConfigurableApplicationContext prepared) {
            prepared.addBeanFactoryPostProcessor(new NoProcessors(settings(prepared)));
        }

        @Override
        public void started(ConfigurableApplicationContext started, @Nullable Duration time) {
            context = started;
            if (!settings(started).commandLineRunners()) {
                throw new AbandonedRunException(started);
            }
        }

        @Override
        public void ready(ConfigurableApplicationContext ready, @Nullable Duration time) {
            throw new AbandonedRunException(ready);
        }

        private RunnerProperties settings(ConfigurableApplicationContext of) {
            return Binder.get(of.getEnvironment()).bindOrCreate("flame4j.runner", RunnerProperties.class);
        }
    }
}
