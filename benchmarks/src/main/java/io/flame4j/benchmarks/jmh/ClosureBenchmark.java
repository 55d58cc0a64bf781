package io.flame4j.benchmarks.jmh;

import io.flame4j.RemoteTask;
import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.closure.KnownShapes;
import io.flame4j.internal.closure.TaskDecoder;
import io.flame4j.internal.closure.TaskEncoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Closures into bytes and back, without a wire between. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ClosureBenchmark {

    /** A value that only JDK serialization can carry. */
    record Order(String customer, int amount) implements Serializable {}

    private final TaskEncoder encoder = new TaskEncoder(Codec.jdk());
    private final TaskDecoder decoder = new TaskDecoder(Codec.jdk(), ClosureBenchmark.class.getClassLoader());
    private final KnownShapes known = new KnownShapes();
    private final ByteWriter out = new ByteWriter(1024);

    private final String text = "customer";
    private final List<String> texts = List.of("one", "two", "three");
    private final Order order = new Order("customer", 12);
    private final List<Order> orders = IntStream.range(0, 10_000)
            .mapToObj(i -> new Order("customer " + i, i))
            .collect(Collectors.toCollection(ArrayList::new));

    @Benchmark
    public Object nothingCaptured() throws Throwable {
        return thereAndBack(() -> null);
    }

    @Benchmark
    public Object fewValuesCaptured() throws Throwable {
        String a = text;
        long b = known.hashCode();
        boolean c = b > 0;
        return thereAndBack(() -> a.length() + b + (c ? 1 : 0));
    }

    @Benchmark
    public Object listOfStringsCaptured() throws Throwable {
        List<String> a = texts;
        return thereAndBack(a::size);
    }

    @Benchmark
    public Object recordCaptured() throws Throwable {
        Order a = order;
        return thereAndBack(a::amount);
    }

    @Benchmark
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public Object tenThousandRecordsCaptured() throws Throwable {
        List<Order> a = orders;
        return thereAndBack(a::size);
    }

    /** The same as {@link #nothingCaptured} with nothing but the JDK. */
    @Benchmark
    public Object nothingCapturedByJdkSerialization() throws Throwable {
        RemoteTask<Object, RuntimeException> task = () -> "";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (ObjectOutputStream objects = new ObjectOutputStream(bytes)) {
            objects.writeObject(task);
        }
        try (ObjectInputStream objects = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return ((RemoteTask<?, ?>) objects.readObject()).call();
        }
    }

    private Object thereAndBack(RemoteTask<?, ?> task) throws Throwable {
        out.reset();
        encoder.encode(task).writeTo(out, known);
        return decoder.decode(new ByteReader(out.toByteArray()));
    }
}
