package io.flame4j.spring.internal.runner;

import io.flame4j.spring.properties.RunnerProperties;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Sets what is different on a runner, over everything that the application says; the user's own properties over that. */
public final class RunnerEnvironment implements EnvironmentPostProcessor, Ordered {

    private static final String SOURCE = "flame4jRunner";

    /** After the application's own files are read, which say what holds on runners. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE - 10;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (!SpringRunner.isStarting()) {
            return;
        }
        RunnerProperties runner = Binder.get(environment).bindOrCreate("flame4j.runner", RunnerProperties.class);
        environment.getPropertySources().addFirst(new MapPropertySource(SOURCE, settings(runner)));
    }

    static Map<String, Object> settings(RunnerProperties runner) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put(Contexts.ROLE, Contexts.RUNNER);
        settings.put("spring.main.banner-mode", "off");
        settings.put("spring.main.register-shutdown-hook", true);
        settings.put("spring.main.keep-alive", false);
        settings.put("spring.application.admin.enabled", false);
        settings.put("spring.jmx.enabled", false);
        // The parent's groups may name what is not here, such as the pools' own part of the health; nobody asks a
        // runner.
        settings.put("management.endpoint.health.validate-group-membership", false);
        settings.put("spring.docker.compose.enabled", false);
        settings.put("spring.devtools.restart.enabled", false);
        settings.put("spring.devtools.livereload.enabled", false);
        if (!runner.web()) {
            settings.put("spring.main.web-application-type", "none");
        }
        if (!runner.scheduling()) {
            settings.put("spring.quartz.auto-startup", false);
        }
        if (!runner.listeners()) {
            settings.put("spring.jms.listener.auto-startup", false);
            settings.put("spring.kafka.listener.auto-startup", false);
            settings.put("spring.kafka.streams.auto-startup", false);
            settings.put("spring.rabbitmq.listener.simple.auto-startup", false);
            settings.put("spring.rabbitmq.listener.direct.auto-startup", false);
            settings.put("spring.integration.endpoint.no-auto-startup", "*");
        }
        if (!runner.commandLineRunners()) {
            settings.put("spring.batch.job.enabled", false);
        }
        if (!runner.migrations()) {
            // The database is the parent's, and in use.
            settings.put("spring.flyway.enabled", false);
            settings.put("spring.liquibase.enabled", false);
            settings.put("spring.sql.init.mode", "never");
            settings.put("spring.jpa.hibernate.ddl-auto", "none");
            settings.put("spring.batch.jdbc.initialize-schema", "never");
            settings.put("spring.quartz.jdbc.initialize-schema", "never");
        }
        // A runner takes no requests, so nobody is to find it.
        settings.put("spring.cloud.service-registry.auto-registration.enabled", false);
        settings.put("eureka.client.register-with-eureka", false);
        settings.putAll(runner.properties());
        return settings;
    }
}
