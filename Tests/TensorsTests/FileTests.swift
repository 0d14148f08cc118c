import Glibc
import TestSupport
import Testing

@testable import Files
@testable import Tensors

/// Paths that are no ordinary files.
@Suite struct FileTests {
    @Test func onlyRegularFilesAreRead() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
        #expect(throws: FileError(.open, folder.path + "/pipe", reason: .notRegular)) { try ReadableFile(folder.path + "/pipe") }
        #expect(throws: FileError(.open, "/dev/zero", reason: .notRegular)) { try ReadableFile("/dev/zero") }
        #expect(throws: FileError(.open, "a\0b", reason: .zeroByte)) { try ReadableFile("a\0b") }
        #expect(throws: FileError(.create, "a\0b", reason: .zeroByte)) { try AtomicFile.write("a\0b", text: "") }
        #expect(throws: FileError(.create, "a\0b/c", reason: .zeroByte)) { try FileSystem.createFolder("a\0b/c") }
    }

    /// Through several links, one of them from another folder and one to a file that is not there.
    @Test func writingFollowsLinks() throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        try FileSystem.createFolder(path + "/inner")
        #expect(symlink("inner/second", path + "/first") == 0 && symlink("../file", path + "/inner/second") == 0)
        for text in ["one", "two"] {
            try AtomicFile.write(path + "/first", text: text)
            #expect(String(decoding: try ReadableFile.contents(path + "/file"), as: UTF8.self) == text)
        }
        #expect(folder.contents == ["file", "first", "inner"])
        #expect(symlink("round", path + "/round") == 0)
        #expect(throws: FileError(.create, path + "/round", errno: ELOOP)) { try AtomicFile.write(path + "/round", text: "") }
    }

    /// The old file's permissions stay, also through a link.
    @Test func permissionsStay() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file"
        try AtomicFile.write(path, text: "one")
        #expect(chmod(path, 0o640) == 0 && symlink("file", folder.path + "/link") == 0)
        for name in ["file", "link"] {
            try AtomicFile.write(folder.path + "/" + name, text: "two")
            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == 0o640)
        }
        #expect(folder.contents == ["file", "link"])
    }

    /// What somebody reads takes the bytes; what nobody reads is refused at once.
    @Test func pipesAreWrittenThrough() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        #expect(throws: FileError(.create, path, errno: ENXIO)) { try AtomicFile.write(path, text: "lost") }
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        try AtomicFile.write(path, text: "heard")
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(read(reader, &bytes, 16) == 5 && bytes.starts(with: Array("heard".utf8)))
        // A full pipe that nobody empties ends when the work is cancelled.
        let asked = try questions(limit: 3) {
            #expect(throws: CancellationError.self) { try AtomicFile.write(path) { try $0.write([UInt8](repeating: 7, count: 1 << 20)) } }
        }
        #expect(asked > 3)
        #expect(folder.contents == ["pipe"])
    }

    @Test(arguments: [
        ([Int](), 1), ([3, 4], 12), ([0, 5], 0), ([-1], nil), ([1 << 32, 1 << 32], nil), ([7, 7_905_747_460_161_236_407], nil),
        ([0, 1 << 32, 1 << 32], nil), ([.max], .max), ([.max, 2], nil), ([.min, 0], nil),
    ])
    func shapesAreCountedWithoutWrapping(_ shape: [Int], _ count: Int?) {
        #expect(Shape.checkedCount(shape) == count)
    }
}
