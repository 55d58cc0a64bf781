package io.flame4j.spring.properties;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code flame4j.runner}: how the application starts on a runner.
 *
 * @param context whether a runner starts the application's context; default true
 * @param mainClass the class whose main starts the application; default: the one that started this
 * @param web whether a runner has a web server; default false
 * @param scheduling whether @Scheduled methods and Quartz run on a runner; default false
 * @param listeners whether listeners for messages (JMS, Kafka, RabbitMQ, Pulsar, integration) start on a runner; default
 *     false
 * @param commandLineRunners whether CommandLineRunners and ApplicationRunners run on a runner; default
 *     false
 * @param migrations whether a runner changes schemas of databases: Flyway, Liquibase, SQL scripts, what JPA generates;
 *     default false
 * @param pools whether a runner has pools of its own; default false
 * @param properties properties that hold on a runner, over all others there, such as
 *     flame4j.runner.properties.spring.datasource.hikari.maximum-pool-size
 * @since 0.1
 */
public record RunnerProperties(
        @DefaultValue("true") boolean context,
        @Nullable String mainClass,
        @DefaultValue("false") boolean web,
        @DefaultValue("false") boolean scheduling,
        @DefaultValue("false") boolean listeners,
        @DefaultValue("false") boolean commandLineRunners,
        @DefaultValue("false") boolean migrations,
        @DefaultValue("false") boolean pools,
        @DefaultValue Map<String, String> properties) {

    /** Copies. */
    public RunnerProperties {
        properties = Map.copyOf(properties);
    }
}
