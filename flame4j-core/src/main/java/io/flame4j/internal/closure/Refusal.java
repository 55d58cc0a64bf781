package io.flame4j.internal.closure;

/**
 * What a filter does not let in, in words.
 *
 * @param what the thing: {@code class com.acme.Order}
 * @param verdict who refuses it, why, and what to do: {@code the pool's result filter refuses: ...}
 */
record Refusal(String what, String verdict) {

    String ofResult() {
        return "its result holds " + what + ", which " + verdict;
    }

    String ofFailure() {
        return "it holds " + what + ", which " + verdict;
    }
}
