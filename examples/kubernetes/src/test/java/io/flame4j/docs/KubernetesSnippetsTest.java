package io.flame4j.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.flame4j.deploy.StrictYaml;
import io.flame4j.kubernetes.KubernetesBackend;
import io.flame4j.kubernetes.KubernetesBackendBuilder;
import io.flame4j.testsupport.DocumentSnippets;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the documents about Kubernetes against the code: their Java is compiled in {@link KubernetesSnippets}, as
 * {@link DocumentSnippets} says. A YAML block after {@code <!-- yaml: kind -->} must be valid as that kind.
 */
class KubernetesSnippetsTest {

    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

    private static final Pattern YAML = Pattern.compile("<!-- yaml: (\\S+) -->\\s*```yaml\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]*)(#[^)]*)?\\)");

    record Block(Path file, String kind, String code) {
        @Override
        public String toString() {
            return ROOT.relativize(file) + ": " + kind;
        }
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> pages = Files.list(ROOT.resolve("docs/kubernetes"))) {
            return Stream.concat(
                            Stream.of(
                                            "docs/kubernetes.md",
                                            "examples/kubernetes/README.md",
                                            "deploy/README.md",
                                            "README.md")
                                    .map(ROOT::resolve),
                            pages.sorted())
                    .toList();
        }
    }

    static List<Block> yaml() throws IOException {
        List<Block> found = new ArrayList<>();
        for (Path file : documents()) {
            Matcher matcher = YAML.matcher(Files.readString(file));
            while (matcher.find()) {
                found.add(new Block(file, matcher.group(1), matcher.group(2)));
            }
        }
        return found;
    }

    @Test
    void theDocumentsShowWhatIsCompiledHere() throws IOException {
        DocumentSnippets snippets = DocumentSnippets.runBy(KubernetesSnippets.class);
        for (Path file : documents()) {
            // The README is about more than Kubernetes.
            String names = file.equals(ROOT.resolve("README.md")) ? "kubernetes-.*" : ".*";
            snippets.in(ROOT.relativize(file).toString(), names);
        }
        snippets.check(12);
    }

    @Test
    void whatNeedsNoClusterRuns() {
        KubernetesSnippets snippets = new KubernetesSnippets();
        assertThat(List.of(
                        snippets.mutual(),
                        snippets.outside(),
                        snippets.options(),
                        snippets.customize(),
                        snippets.keep()))
                .allSatisfy(backend -> assertThat(backend.name()).isEqualTo("kubernetes"));
    }

    @ParameterizedTest
    @MethodSource("yaml")
    void theDocumentsShowValidYaml(Block block) {
        switch (block.kind()) {
            case "objects" -> assertThat(StrictYaml.parse(block.code())).isNotEmpty();
            case "custom" ->
                assertThat(Serialization.unmarshal(block.code(), GenericKubernetesResource.class)
                                .getKind())
                        .isNotEmpty();
            case "container" ->
                checkManifest("spec:\n  containers:\n    -\n" + block.code().indent(6));
            case "manifest" -> checkManifest(block.code());
            default -> throw new AssertionError("Nobody checks YAML of kind " + block.kind());
        }
    }

    private static void checkManifest(String yaml) {
        assertThatCode(() -> KubernetesBackend.builder().manifest(yaml).build()).doesNotThrowAnyException();
    }

    @Test
    void invalidYamlWouldBeFound() {
        assertThatThrownBy(() -> StrictYaml.parse("apiVersion: v1\nkind: Pod\nspec: {contaners: []}\n"))
                .hasMessageContaining("contaners");
        assertThatThrownBy(() -> KubernetesBackend.builder()
                        .manifest("spec: {containers: [{imge: a}]}")
                        .build())
                .hasMessageContaining("spec.containers[0].imge");
    }

    @Test
    void everyBlockOfYamlIsMarked() throws IOException {
        for (Path file : documents()) {
            String text = Files.readString(file);
            assertThat(count(text, "```yaml")).as("YAML of %s", file).isEqualTo(count(text, "<!-- yaml: "));
        }
    }

    @Test
    void everyOptionIsDocumented() throws IOException {
        String options = Files.readString(ROOT.resolve("docs/kubernetes/options.md"));
        Set<String> missing = new TreeSet<>();
        for (Method method : KubernetesBackendBuilder.class.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && !method.getName().equals("build")) {
                if (!options.contains("`" + method.getName() + "(")) {
                    missing.add(method.getName());
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        Set<String> broken = new TreeSet<>();
        for (Path file : documents()) {
            Matcher link = LINK.matcher(Files.readString(file));
            while (link.find()) {
                Path target = link.group(1).isEmpty()
                        ? file
                        : file.resolveSibling(link.group(1)).normalize();
                boolean there = Files.exists(target)
                        && (link.group(2) == null
                                || anchors(target).contains(link.group(2).substring(1)));
                if (!there) {
                    broken.add(ROOT.relativize(file) + " -> " + link.group());
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    private static Set<String> anchors(Path file) throws IOException {
        return Arrays.stream(Files.readString(file).split("\n"))
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 -]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
