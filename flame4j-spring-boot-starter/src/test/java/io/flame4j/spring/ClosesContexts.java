package io.flame4j.spring;

import org.springframework.core.Ordered;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

/** Keeps no context after its test: other tests here start contexts by themselves, with pools of the same names. */
public final class ClosesContexts implements TestExecutionListener, Ordered {

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void afterTestClass(TestContext test) {
        test.markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
    }
}
