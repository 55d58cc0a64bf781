package io.flame4j.internal.closure;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Classes that do more, when they or what holds them are read, than to become an object again: the known ends and
 * beginnings of the chains by which bytes become commands, and what loads code or objects from elsewhere. None of them
 * is a value that a task would return.
 *
 * <p>It is a list of what is known, and no proof against what is not: an allow-list is.
 */
final class RefusedClasses {

    /** By the full name of a class; it goes for its subtypes too. */
    private static final Map<String, String> NAMES = new HashMap<>();

    /**
     * By the beginning of a name; it goes for subtypes, and not for exceptions, which libraries throw in all honesty.
     */
    private static final Map<String, String> BEGINNINGS = new LinkedHashMap<>();

    static {
        for (String root : new String[] {"org.apache.commons.collections.", "org.apache.commons.collections4."}) {
            refuse(
                    "it calls methods of other objects by reflection when a collection that holds it is read or compared",
                    root + "functors.*",
                    root + "comparators.TransformingComparator",
                    root + "keyvalue.TiedMapEntry",
                    root + "map.LazyMap");
        }
        refuse(
                "it calls the getters of any object when a sorted collection that holds it is read",
                "org.apache.commons.beanutils.BeanComparator",
                "org.apache.commons.beanutils2.BeanComparator",
                "org.apache.click.control.Column$ColumnComparator",
                "com.vaadin.data.util.MethodProperty",
                "com.vaadin.data.util.NestedMethodProperty",
                "com.vaadin.data.util.PropertysetItem",
                "com.sun.syndication.feed.impl.*",
                "com.rometools.rome.feed.impl.*",
                "org.hibernate.engine.spi.TypedValue",
                "org.hibernate.property.*",
                "org.hibernate.tuple.component.*",
                "org.hibernate.type.ComponentType");
        refuse(
                "it turns any call of an interface into a call of any method, or into a script",
                "org.codehaus.groovy.runtime.ConversionHandler",
                "org.codehaus.groovy.runtime.ConvertedClosure",
                "org.codehaus.groovy.runtime.MethodClosure",
                "groovy.util.Expando",
                "bsh.*",
                "clojure.inspector.*",
                "clojure.main$*",
                "org.python.core.PyBytecode",
                "org.python.core.PyFunction",
                "org.python.core.PyMethod",
                "org.mozilla.javascript.MemberBox",
                "org.mozilla.javascript.NativeError",
                "org.mozilla.javascript.NativeJavaMethod",
                "org.mozilla.javascript.NativeJavaObject",
                "org.apache.myfaces.view.facelets.el.*",
                "org.jboss.interceptor.*",
                "org.jboss.weld.interceptor.*");
        refuse(
                "it calls methods by reflection, or looks objects up elsewhere, when it is read or used",
                "org.springframework.core.SerializableTypeWrapper$MethodInvokeTypeProvider",
                "org.springframework.beans.factory.ObjectFactory",
                "org.springframework.beans.factory.support.AutowireUtils$ObjectFactoryDelegatingInvocationHandler",
                "org.springframework.beans.factory.config.PropertyPathFactoryBean",
                "org.springframework.aop.*",
                "org.springframework.jndi.*",
                "org.springframework.transaction.jta.JtaTransactionManager");
        refuse(
                "it holds byte code that it loads and runs",
                "com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl",
                "org.apache.xalan.xsltc.trax.TemplatesImpl");
        refuse(
                "it looks up names, and loads objects and code from where they point to (JNDI)",
                "javax.naming.Reference",
                "javax.naming.spi.*",
                "com.sun.jndi.*",
                "com.sun.rowset.*",
                "com.caucho.naming.*",
                "org.apache.xbean.naming.*",
                "org.apache.commons.dbcp.datasources.*",
                "org.apache.commons.dbcp2.datasources.*",
                "org.apache.tomcat.dbcp.dbcp2.datasources.*",
                "com.mchange.v2.c3p0.*",
                "com.mchange.v2.naming.*");
        refuse(
                "it is a remote object, or opens connections to a place that its sender chose (RMI)",
                "java.rmi.Remote",
                "java.rmi.server.RemoteObject",
                "java.rmi.server.RemoteRef",
                "javax.management.remote.rmi.*",
                "sun.rmi.*");
        refuse(
                "it holds bytes that it makes objects of by itself, which no filter sees",
                "java.rmi.MarshalledObject",
                "java.security.SignedObject",
                "javax.crypto.SealedObject",
                "java.beans.beancontext.*");
        refuse(
                "it calls toString() of any object when it is read",
                "javax.management.BadAttributeValueExpException",
                "javax.swing.event.EventListenerList",
                "javax.swing.UIDefaults$TextAndMnemonicHashMap");
        refuse(
                "it writes or moves files when it is read",
                "org.apache.commons.fileupload.disk.DiskFileItem",
                "org.apache.commons.fileupload2.core.DiskFileItem",
                "org.apache.tomcat.util.http.fileupload.disk.DiskFileItem",
                "org.apache.wicket.util.upload.DiskFileItem",
                "org.aspectj.weaver.tools.cache.SimpleCache$StoreableCachingMap");
    }

    private RefusedClasses() {}

    private static void refuse(String reason, String... patterns) {
        for (String each : patterns) {
            if (each.endsWith("*")) {
                BEGINNINGS.put(each.substring(0, each.length() - 1), reason);
            } else {
                NAMES.put(each, reason);
            }
        }
    }

    /** Why a class is refused, by its own name or by that of a supertype; null when it is not. */
    static @Nullable String reason(Class<?> type) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            String reason = ofName(each);
            if (reason != null) {
                return each == type ? reason : reason + " (it is a " + each.getName() + ")";
            }
            for (Class<?> implemented : each.getInterfaces()) {
                String inherited = reason(implemented);
                if (inherited != null) {
                    return inherited + " (it is a " + implemented.getName() + ")";
                }
            }
        }
        return null;
    }

    private static @Nullable String ofName(Class<?> type) {
        String exact = NAMES.get(type.getName());
        if (exact != null || Throwable.class.isAssignableFrom(type)) {
            return exact;
        }
        for (Map.Entry<String, String> each : BEGINNINGS.entrySet()) {
            if (type.getName().startsWith(each.getKey())) {
                return each.getValue();
            }
        }
        return null;
    }
}
