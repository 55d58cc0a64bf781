package io.flame4j.examples.spring;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** A request that is not served; its detail says why, and what to do. */
final class Refusal extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    Refusal(HttpStatus status, String detail) {
        super(status, ProblemDetail.forStatusAndDetail(status, detail), null);
    }
}
