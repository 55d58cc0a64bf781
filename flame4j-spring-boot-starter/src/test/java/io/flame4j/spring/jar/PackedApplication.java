package io.flame4j.spring.jar;

import io.flame4j.FlamePool;
import io.flame4j.spring.FlameContext;
import java.util.Arrays;
import java.util.Map;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** An application without anything but a pool; packed into an executable jar by a test. */
@SpringBootApplication
public class PackedApplication {

    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(PackedApplication.class);
        application.setDefaultProperties(Map.of(
                "flame4j.pools.work.max", "1",
                "flame4j.pools.work.timeout", "2m",
                "flame4j.pools.work.boot-timeout", "2m"));
        application.run(args).close();
    }

    @Bean
    CommandLineRunner work(@Qualifier("work") FlamePool pool) {
        return arguments -> {
            String there = pool.call(
                    () -> FlameContext.bean(PackedApplication.class).describe(FlameContext.bean(Environment.class)));
            System.out.println("runner: " + there);
            long here = ProcessHandle.current().pid();
            boolean two = pool.<Long, RuntimeException>call(
                            () -> ProcessHandle.current().pid())
                    != here;
            System.out.println("two JVMs: " + two);
        };
    }

    String describe(Environment environment) {
        return "size=" + environment.getProperty("shop.size") + ", profiles="
                + Arrays.toString(environment.getActiveProfiles()) + ", loader="
                + PackedApplication.class.getClassLoader().getClass().getSimpleName();
    }
}
