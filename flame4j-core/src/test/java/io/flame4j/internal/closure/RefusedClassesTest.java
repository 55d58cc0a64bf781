package io.flame4j.internal.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.RemoteTaskException;
import io.flame4j.ResultSerializationException;
import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteReader;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import javax.management.BadAttributeValueExpException;
import javax.naming.CommunicationException;
import javax.naming.Reference;
import javax.naming.StringRefAddr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classes by which bytes become commands are not made, whatever is on the class path. */
class RefusedClassesTest {

    private static Object read(byte[] bytes, ClassLoader loader, ResultPolicy policy) throws IOException {
        ByteReader in = new ByteReader(bytes);
        try {
            return new ValueDecoder(Codec.jdk(), loader, policy).decode(in);
        } finally {
            // The connection is used on.
            in.skipRemaining();
            assertThat(in.remaining()).isZero();
        }
    }

    private static ResultPolicy strict(String... patterns) {
        return new ResultPolicy(
                new ClassRules(
                        true,
                        List.of(patterns).stream().map(ClassPattern::parse).toList()),
                ResultLimits.STANDARD);
    }

    private static ResultPolicy allowing(String name) {
        return new ResultPolicy(new ClassRules(false, List.of(ClassPattern.parse(name))), ResultLimits.STANDARD);
    }

    /** One of each family at least; the names are those of the libraries. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.commons.collections.functors.InvokerTransformer",
                "org.apache.commons.collections4.functors.ChainedTransformer",
                "org.apache.commons.collections4.comparators.TransformingComparator",
                "org.apache.commons.collections.keyvalue.TiedMapEntry",
                "org.apache.commons.beanutils.BeanComparator",
                "org.apache.click.control.Column$ColumnComparator",
                "com.vaadin.data.util.NestedMethodProperty",
                "com.rometools.rome.feed.impl.ToStringBean",
                "com.sun.syndication.feed.impl.ObjectBean",
                "org.hibernate.engine.spi.TypedValue",
                "org.hibernate.property.access.spi.GetterMethodImpl",
                "org.codehaus.groovy.runtime.ConvertedClosure",
                "org.codehaus.groovy.runtime.MethodClosure",
                "bsh.XThis",
                "clojure.inspector.proxy$javax.swing.table.AbstractTableModel$ff19274a",
                "org.python.core.PyFunction",
                "org.mozilla.javascript.NativeJavaObject",
                "org.jboss.weld.interceptor.builder.InterceptionModelImpl",
                "org.springframework.core.SerializableTypeWrapper$MethodInvokeTypeProvider",
                "org.springframework.aop.framework.JdkDynamicAopProxy",
                "org.springframework.transaction.jta.JtaTransactionManager",
                "org.apache.xalan.xsltc.trax.TemplatesImpl",
                "com.caucho.naming.QName",
                "com.mchange.v2.c3p0.PoolBackedDataSource",
                "com.mchange.v2.naming.ReferenceIndirector$ReferenceSerialized",
                "org.apache.commons.fileupload.disk.DiskFileItem",
                "org.aspectj.weaver.tools.cache.SimpleCache$StoreableCachingMap"
            })
    void aKnownGadgetIsNotMade(String name) throws IOException {
        StandIns library = new StandIns(Set.of(name));
        byte[] bytes = StreamByHand.result(library.find(name));
        assertThatThrownBy(() -> read(bytes, library, ResultPolicy.STANDARD))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageStartingWith("The task ran, but its result holds class " + name + ", which the pool's result"
                        + " filter refuses: it ")
                .hasMessageEndingWith("allow it by its full name: FlamePoolBuilder.resultFilter(ResultFilter.standard()"
                        + ".alsoAllowing(\"" + name + "\")).");
        // Nor by an allow-list that is wide by mistake.
        String topPackage = name.substring(0, name.indexOf('.'));
        assertThatThrownBy(() -> read(bytes, library, strict(topPackage + ".**")))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("ResultFilter.allowing(..., \"" + name);
        // The name in full is no mistake.
        assertThat(read(bytes, library, allowing(name))).isInstanceOf(library.find(name));
        assertThat(read(bytes, library, strict(name))).isInstanceOf(library.find(name));
    }

    /** Of the JDK itself, where an object need not be made to say so. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl",
                "com.sun.rowset.JdbcRowSetImpl",
                "com.sun.jndi.ldap.LdapAttribute",
                "java.rmi.server.UnicastRemoteObject",
                "java.rmi.server.RemoteObjectInvocationHandler",
                "sun.rmi.server.UnicastRef",
                "java.rmi.MarshalledObject",
                "java.security.SignedObject",
                "javax.crypto.SealedObject",
                "java.beans.beancontext.BeanContextSupport",
                "javax.naming.LinkRef",
                "javax.management.BadAttributeValueExpException",
                "javax.management.remote.rmi.RMIConnectionImpl_Stub",
                "javax.swing.event.EventListenerList"
            })
    void aDangerousClassOfTheJdkIsRefused(String name) throws ClassNotFoundException {
        Class<?> type = Class.forName(name, false, getClass().getClassLoader());
        assertThatThrownBy(() -> read(StreamByHand.result(type), getClass().getClassLoader(), ResultPolicy.STANDARD))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("class " + name);
        assertThat(strict("com.acme.**").rules().allows(type)).isFalse();
    }

    @Test
    void whatIsBelowARefusedClassIsRefusedToo() {
        String above = "org.codehaus.groovy.runtime.ConversionHandler";
        StandIns library = new StandIns(Set.of(above))
                .withSubclass("com.acme.Handler", above)
                .withImplementation("com.acme.Beans", "org.springframework.beans.factory.ObjectFactory");
        assertThatThrownBy(() ->
                        read(StreamByHand.result(library.find("com.acme.Handler")), library, ResultPolicy.STANDARD))
                .hasMessageContaining("class com.acme.Handler")
                .hasMessageContaining("(it is a " + above + ")");
        assertThatThrownBy(
                        () -> read(StreamByHand.result(library.find("com.acme.Beans")), library, strict("com.acme.**")))
                .hasMessageContaining("class com.acme.Beans")
                .hasMessageContaining("(it is a org.springframework.beans.factory.ObjectFactory)");
    }

    record Order(Serializable item) implements Serializable {}

    @Test
    void itIsFoundInsideOfAResultAndAsTheElementOfAnArray() {
        Reference reference = new Reference("com.acme.Shop", new StringRefAddr("url", "ldap://evil"));
        assertThatThrownBy(() -> Trips.result(List.of(new Order(reference))))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("class javax.naming.Reference")
                .hasMessageContaining("(JNDI)");
        assertThatThrownBy(() -> Trips.result(new Reference[1]))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("class javax.naming.Reference");
    }

    @Test
    void theExceptionOfATaskStillSaysWhatItWas() throws IOException {
        IllegalStateException thrown =
                new IllegalStateException("sold out", new BadAttributeValueExpException("anything"));
        Throwable read = Trips.failure(thrown);
        assertThat(read)
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("The task threw java.lang.IllegalStateException: sold out")
                .hasMessageContaining("class javax.management.BadAttributeValueExpException")
                .hasMessageContaining("alsoAllowing(\"javax.management.BadAttributeValueExpException\")");
        RemoteTaskException opaque = (RemoteTaskException) read;
        assertThat(opaque.remoteClassName()).isEqualTo("java.lang.IllegalStateException");
        assertThat(opaque.remoteMessage()).isEqualTo("sold out");
        assertThat(opaque.remoteStackTrace()).contains("Caused by: ");
    }

    @Test
    void anExceptionMadeByHandIsReadAsText() throws IOException {
        String name = "org.apache.commons.collections.functors.InvokerTransformer";
        StandIns library = new StandIns(Set.of(name));
        ByteReader in = new ByteReader(StreamByHand.failure(library.find(name)));
        Throwable read =
                new FailureDecoder(library, ResultPolicy.STANDARD).decode(in, "thumbs-1", new StackTraceElement[0]);
        assertThat(read)
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("sold out")
                .hasMessageContaining("class " + name);
        assertThat(read.getStackTrace()[0].getFileName()).isEqualTo("Shop.java");
        assertThat(in.remaining()).isZero();
    }

    /** What libraries throw in all honesty, even where their other classes are refused. */
    @Test
    void exceptionsOfTheseLibrariesTravel() throws IOException {
        assertThat(Trips.failure(new CommunicationException("down"))).isInstanceOf(CommunicationException.class);
        StandIns library =
                new StandIns(Set.of()).withSubclass("org.springframework.aop.AopFailure", "java.lang.Exception");
        assertThat(ResultPolicy.STANDARD.rules().allows(library.find("org.springframework.aop.AopFailure")))
                .isTrue();
    }
}
