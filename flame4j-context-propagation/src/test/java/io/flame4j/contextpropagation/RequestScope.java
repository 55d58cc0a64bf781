package io.flame4j.contextpropagation;

import io.flame4j.FlameParent;
import io.flame4j.RunnerInitializer;
import io.micrometer.context.ContextRegistry;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Thread locals of an application, which registers them on parent and runner alike. */
public final class RequestScope implements RunnerInitializer {

    static final ThreadLocal<@Nullable String> REQUEST = new ThreadLocal<>();
    static final ThreadLocal<@Nullable Locale> LOCALE = new ThreadLocal<>();
    static final ThreadLocal<@Nullable Object> OTHER = new ThreadLocal<>();

    static void register() {
        ContextRegistry.getInstance()
                .registerThreadLocalAccessor("request", REQUEST)
                .registerThreadLocalAccessor("other", OTHER)
                .registerThreadLocalAccessor(new LocaleAccessor());
    }

    @Override
    public void initialize(FlameParent parent) {
        register();
    }

    private static final class LocaleAccessor implements TextAccessor<Locale> {
        @Override
        public Object key() {
            return "locale";
        }

        @Override
        public @Nullable Locale getValue() {
            return LOCALE.get();
        }

        @Override
        public void setValue(Locale value) {
            LOCALE.set(value);
        }

        @Override
        public void setValue() {
            LOCALE.remove();
        }

        @Override
        public String write(Locale value) {
            return value.toLanguageTag();
        }

        @Override
        public Locale read(String text) {
            return Locale.forLanguageTag(text);
        }
    }
}
