package io.flame4j.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The temporary directory belongs to everybody, who may put into it what they like. */
@DisabledOnOs(OS.WINDOWS)
class SocketDirectoryTest {

    /** No process has it: above the largest that Linux and macOS give out. */
    private static final String NOBODY = "flame4j-99999999-";

    /** Short, since the path of a socket may not be long. */
    private Path temp;

    @BeforeEach
    void makeTemp() throws IOException {
        temp = Files.createTempDirectory("sd");
    }

    @AfterEach
    void removeTemp() throws IOException {
        try (Stream<Path> all = Files.walk(temp)) {
            for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(each);
            }
        }
    }

    private Path leftover(String suffix) throws IOException {
        Path left = Files.createDirectory(temp.resolve(NOBODY + suffix));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(left.resolve("s")));
        }
        assertThat(left.resolve("s")).exists();
        return left;
    }

    @Test
    void onlyThisUserMayEnterAndTheNameCannotBeGuessed() throws IOException {
        SocketDirectory first = SocketDirectory.create(temp);
        SocketDirectory second = SocketDirectory.create(temp);
        Path directory = first.socket().getParent();
        assertThat(Files.getPosixFilePermissions(directory)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(directory).isNotEqualTo(second.socket().getParent());
        assertThat(directory.getFileName().toString())
                .matches("flame4j-" + ProcessHandle.current().pid() + "-[0-9]{6,}");
        first.delete();
        second.delete();
        assertThat(temp).isEmptyDirectory();
    }

    @Test
    void whatAProcessThatIsGoneLeftBehindIsRemoved() throws IOException {
        Path withSocket = leftover("1");
        Path empty = Files.createDirectory(temp.resolve(NOBODY + "2"));
        SocketDirectory.create(temp).delete();
        assertThat(withSocket).doesNotExist();
        assertThat(empty).doesNotExist();
    }

    @Test
    void aLinkIsNotFollowed() throws IOException {
        Path victim = Files.createDirectory(temp.resolve("victim"));
        Path precious = Files.writeString(victim.resolve("s"), "precious");
        Path link = Files.createSymbolicLink(temp.resolve(NOBODY + "3"), victim);
        SocketDirectory.create(temp).delete();
        assertThat(precious).hasContent("precious");
        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    @Test
    void whatIsNotASocketDirectoryStays() throws IOException {
        Path full = Files.createDirectory(temp.resolve(NOBODY + "4"));
        Files.writeString(full.resolve("letter"), "kept");
        Path file = Files.writeString(temp.resolve(NOBODY + "5"), "kept");
        List<Path> others = List.of(
                Files.createDirectory(temp.resolve("flame4j-x")),
                Files.createDirectory(temp.resolve("flame4j-x-1")),
                Files.createDirectory(temp.resolve("flame4j--1")),
                Files.createDirectory(
                        temp.resolve("flame4j-" + ProcessHandle.current().pid() + "-1")));
        SocketDirectory.create(temp).delete();
        assertThat(full.resolve("letter")).hasContent("kept");
        assertThat(file).hasContent("kept");
        assertThat(others).allSatisfy(other -> assertThat(other).isDirectory());
    }

    /** Containers that share the temporary directory do not see each other's processes. */
    @Test
    void aSocketThatAnswersIsInUseWhateverTheProcessIdSays() throws IOException {
        Path used = Files.createDirectory(temp.resolve(NOBODY + "6"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(used.resolve("s")));
            SocketDirectory.create(temp).delete();
            assertThat(used.resolve("s")).exists();
        }
    }

    @Test
    void aPathThatIsTooLongIsRefusedAndLeavesNothing() throws IOException {
        Path deep = Files.createDirectories(temp.resolve("x".repeat(100)));
        assertThatThrownBy(() -> SocketDirectory.create(deep))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("too long");
        assertThat(deep).isEmptyDirectory();
    }
}
