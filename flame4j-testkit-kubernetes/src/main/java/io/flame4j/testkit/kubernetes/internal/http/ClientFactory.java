package io.flame4j.testkit.kubernetes.internal.http;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.Utils;
import java.net.http.HttpClient;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Makes HTTP clients of which nothing is left when they are closed while a request is under way. The factory's own shut
 * their executor down at once; the JDK's client, that of JDK 17 at least, then never learns that the request has ended,
 * and keeps its thread, its selector and a socket for as long as the JVM lives. The executor of these ends by itself when
 * nothing is left to do.
 */
public final class ClientFactory extends JdkHttpClientFactory {

    private static final int IDLE_SECONDS = 1;

    @Override
    protected HttpClient.Builder createNewHttpClientBuilder() {
        return HttpClient.newBuilder()
                .executor(new ThreadPoolExecutor(
                        0,
                        Integer.MAX_VALUE,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        Utils.daemonThreadFactory(this)));
    }
}
