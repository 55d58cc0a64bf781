package io.flame4j.examples.spring;

import io.flame4j.spring.ConditionalOnFlameParent;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.multipart.MultipartException;

/** Says of uploads that the server does not even read what is wrong with them. */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
@ConditionalOnFlameParent
class UploadRefusals {

    private final String tooMuch;

    UploadRefusals(
            Limits limits,
            @Value("${spring.servlet.multipart.max-file-size}") String maxFile,
            @Value("${spring.servlet.multipart.max-request-size}") String maxUpload) {
        this.tooMuch =
                "This upload cannot be taken: at most %d files, of %s each and %s in all. Upload fewer or smaller ones."
                        .formatted(limits.files(), maxFile, maxUpload);
    }

    /** Too large, too many parts, or cut off. */
    @ExceptionHandler
    ProblemDetail refuse(MultipartException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.CONTENT_TOO_LARGE, tooMuch);
    }
}
