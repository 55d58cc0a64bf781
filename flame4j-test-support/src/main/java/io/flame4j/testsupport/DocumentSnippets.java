package io.flame4j.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds the Java blocks of documents against a source that runs or compiles them. The block after
 * {@code <!-- snippet: name -->} must be, apart from white space and comments, the code between {@code // snippet: name} and
 * {@code // end} in that source. Every Java block of a document has such a mark, and every such piece of the source is in a
 * document.
 *
 * <pre>{@code
 * @Test
 * void the_document_shows_what_runs_here() throws IOException {
 *     DocumentSnippets.runBy(ForySnippetsTest.class).in("docs/fory.md").check(3);
 * }
 * }</pre>
 */
public final class DocumentSnippets {

    private static final Pattern BLOCK =
            Pattern.compile("(?:<!-- snippet: (\\S+) -->\\s*)?```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern MARK = Pattern.compile("<!-- snippet: ");
    private static final Pattern PIECE =
            Pattern.compile("// snippet: (\\S+)\\n(.*?)(?=// end\\b|// snippet: |\\z)(// end)?", Pattern.DOTALL);

    private final Path root;
    private final Path source;

    /** The documents, and which names of theirs this source has. */
    private final Map<String, Pattern> documents = new LinkedHashMap<>();

    private final Map<String, Path> programs = new HashMap<>();
    private final List<String> complaints = new ArrayList<>();
    private boolean nested;
    private boolean open;

    DocumentSnippets(Path root, Path source) {
        this.root = root;
        this.source = source;
    }

    /** By this class, a test source of the module whose folder is the working directory. */
    public static DocumentSnippets runBy(Class<?> source) {
        return new DocumentSnippets(
                root(), Path.of("src", "test", "java").resolve(source.getName().replace('.', '/') + ".java"));
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        for (Path folder = here; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve(".mvn"))) {
                return folder;
            }
        }
        throw new IllegalStateException("No folder above " + here + " has .mvn, as the root of the checkout has");
    }

    /**
     * All snippets of this document.
     *
     * @param document as seen from the root of the checkout
     */
    public DocumentSnippets in(String document) {
        return in(document, ".*");
    }

    /**
     * Some of this document's snippets; others are another source's business.
     *
     * @param document as seen from the root of the checkout
     * @param names a regular expression
     */
    public DocumentSnippets in(String document, String names) {
        documents.put(document, Pattern.compile(names));
        return this;
    }

    /**
     * The snippet of this name is a whole program.
     *
     * @param file as seen from the working directory
     */
    public DocumentSnippets program(String name, Path file) {
        programs.put(name, file);
        return this;
    }

    /** Classes are nested in the source: {@code static final class} there is {@code final class} in a document. */
    public DocumentSnippets nested() {
        nested = true;
        return this;
    }

    /** A piece of the source may end inside of blocks, since the test goes on there: a document has their last braces, too. */
    public DocumentSnippets openEnded() {
        open = true;
        return this;
    }

    /**
     * Looks.
     *
     * @param count how many snippets there are: what has vanished from document and source is missed
     * @throws AssertionError that says all that is wrong
     */
    public void check(int count) throws IOException {
        complaints.clear();
        Map<String, String> pieces = pieces();
        Set<String> unseen = new LinkedHashSet<>(pieces.keySet());
        int found = 0;
        for (Map.Entry<String, Pattern> document : documents.entrySet()) {
            List<String> names = look(document.getKey(), document.getValue(), pieces);
            found += names.size();
            names.forEach(unseen::remove);
        }
        for (String name : unseen) {
            complain(sourceName(), name + " is in none of the documents " + documents.keySet(), "");
        }
        if (found != count) {
            complain(documents.keySet().toString(), found + " snippets instead of " + count, "");
        }
        if (!complaints.isEmpty()) {
            throw new AssertionError(String.join("\n", complaints));
        }
    }

    /** Looks at one document; the names of its snippets that are this source's business. */
    private List<String> look(String document, Pattern wanted, Map<String, String> pieces) throws IOException {
        String text = Files.readString(root.resolve(document));
        List<String> found = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        long marked = 0;
        while (block.find()) {
            String name = block.group(1);
            if (name == null) {
                complain(document, "a Java block has no mark", block.group(2));
                continue;
            }
            marked++;
            if (wanted.matcher(name).matches()) {
                found.add(name);
                compare(document, name, block.group(2), pieces.get(name));
            }
        }
        long marks = MARK.matcher(text).results().count();
        if (marks != marked) {
            complain(document, marks - marked + " marks have no Java block after them", "");
        }
        return found;
    }

    private void compare(String document, String name, String shown, @Nullable String piece) throws IOException {
        if (programs.containsKey(name)) {
            String program = Files.readString(programs.get(name));
            if (!bare(shown).equals(bare(program))) {
                complain(document, name + " differs from " + programs.get(name).getFileName(), program);
            }
        } else if (piece == null) {
            complain(document, name + " is not run by " + sourceName(), "");
        } else {
            String here = bare(piece);
            if (nested) {
                here = here.replace("staticfinalclass", "finalclass");
            }
            String rest = bare(shown).startsWith(here) ? bare(shown).substring(here.length()) : "not its beginning";
            if (!rest.matches(open ? "}*" : "")) {
                complain(document, name + " differs from " + sourceName() + ", where it is", piece);
            }
        }
    }

    /** What the source has between its marks, by name. */
    private Map<String, String> pieces() throws IOException {
        Map<String, String> pieces = new LinkedHashMap<>();
        Matcher piece = PIECE.matcher(Files.readString(source));
        while (piece.find()) {
            if (piece.group(3) == null) {
                complain(sourceName(), piece.group(1) + " has no end", "");
            }
            if (pieces.put(piece.group(1), piece.group(2)) != null) {
                complain(sourceName(), piece.group(1) + " is there twice", "");
            }
        }
        return pieces;
    }

    private void complain(String where, String what, String code) {
        complaints.add(where + ": " + what + (code.isEmpty() ? "" : ":\n" + code.stripTrailing()));
    }

    private String sourceName() {
        return source.getFileName().toString();
    }

    /** The slashes of an address are no comment. */
    private static String bare(String code) {
        return code.replaceAll("(?<!:)//[^\\n]*", "").replaceAll("\\s+", "");
    }
}
