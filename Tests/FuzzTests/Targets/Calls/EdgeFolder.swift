import BreakAScene
import Glibc
import Images
import Language
import Tensors

/// A folder of files as nobody wants to meet them, in which every program runs anew.
final class EdgeFolder {
    let path: String
    private let template: String

    /// `session` writes those files that the commands read as their own.
    init(_ session: Session) throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var name = Array("\(parent)/bas-calls-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else { throw FileError(.create, parent, errno: errno) }
        let root = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // Deep, so that what a program calls ".." is still inside.
        (path, template) = (root + "/a/b/c/d/work", root + "/template")
        try FileSystem.createFolder(template)
        try fill(session)
        try renew()
    }

    deinit { Self.remove(String(template.dropLast("/template".count))) }

    /// As at the beginning, and the current folder.
    func renew() throws {
        Self.remove(path)
        try Self.copy(template, to: path)
        guard chdir(path) == 0 else { throw FileError(.open, path, errno: errno) }
    }

    private func fill(_ session: Session) throws {
        try write("folder/inside.txt", "inside")
        for name in ["empty", "empty.png", "empty.safetensors"] { try write(name, "") }
        try write("text.png", "not a picture")
        try write("text.json", "{\"a\": [1, 2")
        try write("deep.json", String(repeating: "[", count: 100_000))
        try write("hostile.safetensors", String(repeating: "\u{7f}", count: 64))
        try Image(width: 6, height: 4, color: Color(90, 120, 30)).write(to: template + "/picture.png")
        try write("cut.png", Array(try ReadableFile.contents(template + "/picture.png").prefix(60)))
        for name in ["pipe", "pipe.png", "pipe.svg", "pipe.csv", "pipe.safetensors"] { try pipe(name) }
        for folder in ["scene", "pipescene", "pipemodel"] { try FileSystem.createFolder("\(template)/\(folder)") }
        for name in ["pipescene/img.png", "pipescene/mask0.png", "pipemodel/model_index.json"] { try pipe(name) }
        for (name, target) in [("nowhere", "missing"), ("nowhere.png", "missing.png"), ("round", "round")] {
            symlink(target, "\(template)/\(name)")
        }
        guard chdir(template) == 0 else { throw FileError(.open, template, errno: errno) }
        let code = """
            save_tensors({a: [1, 2], b: zeros([0, 3])}, "tensors.safetensors"); save_handles(add_handles(base, 1), "handles.safetensors")
            save_result(two, "result.safetensors", base, rank=1); save_scene(scene(image(zeros([8, 8])), [disk]), "scene")
            """
        if let problem = session.run(source: code).diagnostics.first(where: { $0.severity == .error }) {
            throw Problem(.internal, problem.plain())
        }
        try write("cut.safetensors", Array(try ReadableFile.contents(template + "/tensors.safetensors").prefix(90)))
        try write("lora.safetensors", try ReadableFile.contents(template + "/result.safetensors"))
    }

    private func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    private func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = "\(template)/\(name)"
        try FileSystem.createFolder(String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)]))
        try AtomicFile.write(file) { try $0.write(bytes) }
    }

    private func pipe(_ name: String) throws {
        guard mkfifo("\(template)/\(name)", 0o600) == 0 else { throw FileError(.create, name, errno: errno) }
    }

    // MARK: whole folders

    private static func kind(_ path: String) -> mode_t? {
        var info = stat()
        return lstat(path, &info) == 0 ? info.st_mode & S_IFMT : nil
    }

    /// Files are the same ones by another name: whoever writes makes a new one.
    private static func copy(_ from: String, to: String) throws {
        switch kind(from) {
        case S_IFDIR?:
            try FileSystem.createFolder(to)
            for name in FileSystem.contents(from) { try copy("\(from)/\(name)", to: "\(to)/\(name)") }
        case S_IFIFO?: mkfifo(to, 0o600)
        default: _ = linkat(AT_FDCWD, from, AT_FDCWD, to, 0)
        }
    }

    private static func remove(_ path: String) {
        guard kind(path) == S_IFDIR else {
            unlink(path)
            return
        }
        for name in FileSystem.contents(path) { remove("\(path)/\(name)") }
        rmdir(path)
    }
}
