package io.flame4j.testsupport;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentSnippetsTest {

    private static final String DOCUMENT = """
            Text.
            <!-- snippet: one -->
            ```java
            int i = 1; // as a comment says
            ```
            - A list.

              <!-- snippet: other-two -->

              ```java
              open("https://a");
              ```
            ```yaml
            a: b
            ```
            """;

    private static final String SOURCE = """
            /** Between {@code // snippet: name} and {@code // end} there is code. */
            class Example {
                // snippet: one
                int i
                        = 1;
                // end
                // snippet: other-two
                open("https://a"); // says something else
                // end
            }
            """;

    @TempDir
    private Path root;

    private DocumentSnippets snippets;

    @BeforeEach
    void write() throws IOException {
        snippets = new DocumentSnippets(root, root.resolve("Example.java"));
        write("a.md", DOCUMENT);
        write("Example.java", SOURCE);
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(root.resolve(file), text);
    }

    @Test
    void white_space_and_comments_may_differ() {
        assertThatCode(() -> snippets.in("a.md").check(2)).doesNotThrowAnyException();
    }

    @Test
    void another_code_is_found() throws IOException {
        write("a.md", DOCUMENT.replace("int i", "long i"));
        fails(2, "a.md: one differs from Example.java, where it is:\n    int i\n            = 1;");
    }

    @Test
    void another_address_is_found() throws IOException {
        write("a.md", DOCUMENT.replace("https://a", "https://b"));
        fails(2, "a.md: other-two differs from Example.java");
    }

    @Test
    void code_that_goes_on_in_the_document_is_found() throws IOException {
        write("a.md", DOCUMENT.replace("1;", "1; } int j;"));
        fails(2, "a.md: one differs from");
        snippets.openEnded();
        fails(2, "a.md: one differs from");
    }

    @Test
    void code_that_goes_on_in_the_source_is_found() throws IOException {
        write("Example.java", SOURCE.replace("1;", "1; }"));
        snippets.openEnded();
        fails(2, "a.md: one differs from");
    }

    @Test
    void only_an_open_end_leaves_braces_to_the_document() throws IOException {
        write("a.md", DOCUMENT.replace("1;", "1; } }"));
        fails(2, "a.md: one differs from");
        assertThatCode(() -> snippets.openEnded().check(2)).doesNotThrowAnyException();
    }

    @Test
    void only_nested_classes_are_static_in_the_source_alone() throws IOException {
        write("a.md", DOCUMENT.replace("int i = 1;", "public final class A {}"));
        write("Example.java", SOURCE.replaceFirst("int i\\s*= 1;", "public static final class A {}"));
        fails(2, "a.md: one differs from");
        assertThatCode(() -> snippets.nested().check(2)).doesNotThrowAnyException();
    }

    @Test
    void a_snippet_that_the_source_does_not_have_is_found() throws IOException {
        write("Example.java", SOURCE.replace("snippet: one", "snippet: another"));
        fails(2, "a.md: one is not run by Example.java", "Example.java: another is in none of the documents [a.md]");
    }

    @Test
    void a_snippet_that_no_document_has_is_found() throws IOException {
        write("a.md", DOCUMENT.substring(0, DOCUMENT.indexOf("- A list")));
        fails(1, "Example.java: other-two is in none of the documents [a.md]");
    }

    @Test
    void another_count_is_found() {
        fails(1, "[a.md]: 2 snippets instead of 1");
        fails(3, "[a.md]: 2 snippets instead of 3");
    }

    @Test
    void a_block_without_mark_is_found() throws IOException {
        write("a.md", DOCUMENT + "```java\nint j;\n```\n");
        fails(2, "a.md: a Java block has no mark:\nint j;");
    }

    @Test
    void a_mark_without_block_is_found() throws IOException {
        write("a.md", DOCUMENT + "<!-- snippet: three -->\nText.\n```java\nint j;\n```\n");
        fails(2, "a.md: a Java block has no mark:\nint j;", "a.md: 1 marks have no Java block");
    }

    @Test
    void a_piece_without_end_is_found() throws IOException {
        write("Example.java", SOURCE.replaceFirst("// end\n", ""));
        fails(2, "Example.java: one has no end");
        write("Example.java", SOURCE.substring(0, SOURCE.lastIndexOf("// end")));
        fails(2, "Example.java: other-two has no end");
    }

    @Test
    void a_name_that_is_there_twice_is_found() throws IOException {
        write("Example.java", SOURCE + "// snippet: one\n int i = 1;\n// end\n");
        fails(2, "Example.java: one is there twice");
    }

    @Test
    void other_names_are_the_business_of_others() throws IOException {
        write("Example.java", SOURCE.substring(0, SOURCE.indexOf("// snippet: other-two")));
        assertThatCode(() -> snippets.in("a.md", "(?!other-).*").check(1)).doesNotThrowAnyException();
    }

    @Test
    void a_program_is_a_file_of_its_own() throws IOException {
        write("Program.java", "open(\"https://a\");\n");
        write("Example.java", SOURCE.substring(0, SOURCE.indexOf("// snippet: other-two")));
        snippets.in("a.md").program("other-two", root.resolve("Program.java"));
        assertThatCode(() -> snippets.check(2)).doesNotThrowAnyException();
        write("Program.java", "import a;\nopen(\"https://a\");\n");
        fails(2, "a.md: other-two differs from Program.java:\nimport a;");
    }

    private void fails(int count, String... complaints) {
        assertThatThrownBy(() -> snippets.in("a.md").check(count))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(complaints);
    }
}
