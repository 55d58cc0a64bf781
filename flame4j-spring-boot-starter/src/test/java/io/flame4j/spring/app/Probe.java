package io.flame4j.spring.app;

import io.flame4j.FlameParent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import org.springframework.stereotype.Component;
import org.springframework.web.context.WebApplicationContext;

/** Tells what it finds in its own application's context. */
@Component
public class Probe {

    private final ApplicationContext context;
    private final Environment environment;

    public Probe(ApplicationContext context, Environment environment) {
        this.context = context;
        this.environment = environment;
    }

    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("process", String.valueOf(ProcessHandle.current().pid()));
        facts.put("pool", FlameParent.current().map(FlameParent::pool).orElse("none"));
        facts.put("web", String.valueOf(context instanceof WebApplicationContext));
        facts.put("profiles", String.join(",", Arrays.asList(environment.getActiveProfiles())));
        facts.put("commandLineRunners", System.getProperty("shop.command-line-runner", "not run"));
        facts.put("main", System.getProperty("shop.main", "was left"));
        facts.put("ticks", System.getProperty("shop.ticks", "none"));
        facts.put("beans", String.join(",", context.getBeanNamesForType(Marker.class)));
        facts.put(
                "scheduling",
                String.valueOf(context.getBeanNamesForType(ScheduledAnnotationBeanPostProcessor.class).length > 0));
        facts.put("size", environment.getProperty("shop.size"));
        facts.put("colour", environment.getProperty("shop.colour"));
        facts.put("initialized", System.getProperty("shop.initialized", "no"));
        return facts;
    }
}
