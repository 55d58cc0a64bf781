package com.acme;

import io.flame4j.FlamePool;
import java.util.List;
import java.util.stream.IntStream;

public final class FirstProgram {

    public static void main(String[] args) {
        try (FlamePool pool =
                FlamePool.builder("primes").max(2).maxConcurrency(1).build()) {
            int limit = 200_000;
            long primes = pool.call(() -> primesBelow(limit)); // one call, in a runner JVM
            System.out.println(primes + " primes below " + limit);

            List<Integer> limits = List.of(10_000, 50_000, 100_000);
            System.out.println("and below " + limits + ": " + pool.map(limits, FirstProgram::primesBelow));

            long pid = pool.call(() -> ProcessHandle.current().pid());
            System.out.println(pid == ProcessHandle.current().pid() ? "counted here" : "counted in another process");
        }
    }

    private static long primesBelow(int limit) {
        return IntStream.range(2, limit)
                .filter(n -> IntStream.rangeClosed(2, (int) Math.sqrt(n)).allMatch(divisor -> n % divisor != 0))
                .count();
    }
}
