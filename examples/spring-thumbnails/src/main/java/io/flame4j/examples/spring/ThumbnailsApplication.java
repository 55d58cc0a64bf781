package io.flame4j.examples.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/** The application; on a runner, the same one without the web. */
@SpringBootApplication
@EnableConfigurationProperties(Limits.class)
public class ThumbnailsApplication {

    /**
     * Starts it.
     *
     * @param arguments properties, such as {@code --server.port=8090}
     */
    public static void main(String[] arguments) {
        SpringApplication.run(ThumbnailsApplication.class, arguments);
    }
}
