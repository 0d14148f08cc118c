import Files
import Glibc
import Language
import Testing

@testable import Jupyter

/// Connection files, signatures, and the folder in which Jupyter finds the kernel.
struct InstallingTests {
    /// Runs `body` in a folder of its own.
    private func inFolder(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/bas-jupyter-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try body(path)
        for name in FileSystem.contents(path) { try? FileSystem.remove("\(path)/\(name)") }
        rmdir(path)
    }

    @Test func installsAndRemoves() throws {
        try inFolder { folder in
            let place = try KernelFolder(.prefix(folder), name: "bas-test") { _ in nil }
            try place.install(program: "/opt/bas", displayName: "words")
            let content = try JSON.parse(ReadableFile.contents(place.path + "/kernel.json"))
            #expect(content["argv"] == ["/opt/bas", "kernel", "run", "{connection_file}"] && content["language"] == "bas")
            #expect(content["interrupt_mode"] == "message" && content["display_name"] == "words")
            try place.uninstall()
            #expect(!FileSystem.exists(place.path))
            #expect(throws: Problem.self) { try place.uninstall() }
            try FileSystem.createFolder(place.path)
            try AtomicFile.write(place.path + "/kernel.json", text: "{\"language\": \"python\"}")
            #expect(throws: Problem.self) { try place.uninstall() }
            try FileSystem.remove(place.path + "/kernel.json")
            for end in ["/kernels/bas-test", "/kernels", "", "/.."] { rmdir(folder + "/share/jupyter" + end) }
        }
    }

    @Test func findsTheFolder() throws {
        let variables = ["HOME": "/home/a", "VIRTUAL_ENV": "/venv"]
        #expect(try KernelFolder(.user, name: "bas") { variables[$0] }.path == "/home/a/.local/share/jupyter/kernels/bas")
        #expect(try KernelFolder(.environment, name: "bas") { variables[$0] }.path == "/venv/share/jupyter/kernels/bas")
        #expect(try KernelFolder(.user, name: "bas") { $0 == "JUPYTER_DATA_DIR" ? "/data" : nil }.path == "/data/kernels/bas")
        #expect(throws: Problem.self) { try KernelFolder(.environment, name: "bas") { _ in nil } }
        for name in ["", ".hidden", "a/b", "ä", "a b"] {
            #expect(throws: Problem.self) { try KernelFolder(.user, name: name) { variables[$0] } }
        }
    }

    @Test func readsConnectionFiles() throws {
        try inFolder { folder in
            func read(_ text: String) throws -> Connection {
                try AtomicFile.write(folder + "/c.json", text: text)
                return try Connection(path: folder + "/c.json")
            }
            let ports = "\"shell_port\": 1, \"iopub_port\": 2, \"stdin_port\": 3, \"control_port\": 4, \"hb_port\": 5"
            let tcp = try read("{\"ip\": \"127.0.0.1\", \"transport\": \"tcp\", \"key\": \"k\", \(ports)}")
            #expect(tcp.address(.heartbeat) == "tcp://127.0.0.1:5" && tcp.key == "k")
            #expect(try read("{\"ip\": \"/tmp/x\", \"transport\": \"ipc\", \(ports)}").address(.shell) == "ipc:///tmp/x-1")
            #expect(try read("{\"ip\": \"::1\", \(ports)}").address(.shell) == "tcp://[::1]:1")
            for wrong in [
                "", "[]", "{}", "{\"shell_port\": 99999}", "{\"transport\": \"udp\", \(ports)}",
                "{\"signature_scheme\": \"md5\", \(ports)}",
            ] { #expect(throws: Problem.self, "\(wrong)") { try read(wrong) } }
            #expect(throws: FileError.self) { try Connection(path: folder + "/none") }
        }
    }

    @Test func refusesAPortInUse() throws {
        try withKernel { kernel, _ in
            let port = try #require(Int(kernel.endpoints[.shell]?.split(separator: ":").last ?? ""))
            let taken = Connection(ports: [.shell: port])
            let problem = #expect(throws: Problem.self) { try Kernel(connection: taken, settings: RunningKernel.settings()) }
            #expect(problem?.message.contains("\(port)") == true && problem?.exitCode == .inputOutput)
        }
    }

    /// The second test of RFC 4231.
    @Test func signsAsTheStandardSays() {
        let signer = Signer(key: "Jefe")
        let signature = Array("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843".utf8)
        #expect(signer.signature(of: [Array("what do ya want ".utf8), Array("for nothing?".utf8)]) == signature)
        #expect(signer.accepts(signature, of: [Array("what do ya want for nothing?".utf8)]))
        for wrong in [[], Array(signature.dropLast(2)), signature + [0x30, 0x30], Array(String(repeating: "z", count: 64).utf8)] {
            #expect(!signer.accepts(wrong, of: [Array("what do ya want for nothing?".utf8)]))
        }
    }

    @Test func matchesPatterns() {
        func matches(_ text: String, _ pattern: String) -> Bool {
            InputHistory.matches(Array(text.unicodeScalars), Array(pattern.unicodeScalars))
        }
        #expect(matches("abc", "a*c") && matches("abc", "???") && matches("", "*") && matches("aXbXc", "*X*c"))
        #expect(!matches("abc", "a*d") && !matches("abc", "??") && !matches("", "?"))
        #expect(!matches(String(repeating: "a", count: 3000), String(repeating: "a*", count: 500) + "b"))
    }
}
