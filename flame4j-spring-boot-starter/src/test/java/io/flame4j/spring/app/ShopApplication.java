package io.flame4j.spring.app;

import io.flame4j.FlameRunner;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.scheduling.annotation.EnableScheduling;

/** A small web application, for tests that start it, and its runners. */
@SpringBootApplication
@EnableScheduling
public class ShopApplication {

    /** Starts it, and says so at the end, which runners must not do; ends the process when it does not start, as some do. */
    public static void main(String[] args) {
        if (List.of(args).contains("--shop.no-runners") && FlameRunner.isRunner()) {
            System.exit(3);
        }
        try {
            boolean keeps = List.of(args).contains("--shop.main-keeps-arguments");
            SpringApplication.run(ShopApplication.class, keeps ? new String[0] : args);
            System.setProperty("shop.main", "ran to its end");
        } catch (RuntimeException e) {
            System.exit(4);
        }
    }
}
