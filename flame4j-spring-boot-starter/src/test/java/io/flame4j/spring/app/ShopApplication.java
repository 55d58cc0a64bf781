package io.flame4j.spring.app;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.scheduling.annotation.EnableScheduling;

/** A small web application, for tests that start it, and its runners. */
@SpringBootApplication
@EnableScheduling
public class ShopApplication {

    /** Starts it, and says so at the end, which runners must not do. */
    public static void main(String[] args) {
        SpringApplication.run(ShopApplication.class, args);
        System.setProperty("shop.main", "ran to its end");
    }
}
