import Files
import Foundation
import Testing

@testable import Language

/// What a confined program may touch, and that it cannot change that.
@Suite(.serialized) struct ConfinementTests {
    let folder: ScratchFolder
    let own: String

    init() throws {
        folder = try ScratchFolder()
        own = folder.path + "/own"
        let manager = FileManager.default
        for name in ["own/sub", "own/own.out", "own/.hidden", "other"] {
            try manager.createDirectory(atPath: folder.path + "/" + name, withIntermediateDirectories: true)
        }
        try folder.write("other/secret.txt", "secret")
        try folder.write("other/module.bas", "x = 1")
        try folder.write("own/sub/a.txt", "mine")
        try folder.write("own/.hidden/key.txt", "key")
        for (link, target) in [
            ("own/out", "../other"), ("own/file", "/etc/passwd"), ("own/new", "../other/new.json"), ("own/a", "b"), ("own/b", "a"),
        ] {
            try manager.createSymbolicLink(atPath: folder.path + "/" + link, withDestinationPath: target)
        }
        mkfifo(own + "/pipe", 0o600)
        link(folder.path + "/other/secret.txt", own + "/own.out/shared.json")
    }

    private var grants: [Confinement.Grant] {
        get throws {
            let real = try #require(RealPath.of(own))
            return [.init(real: real, .read, leavesOutHidden: true), .init(real: real + "/own.out", .write)]
        }
    }

    /// Runs a script that lies in the folder `own`, confined to it.
    private func run(_ source: String, confined: Bool = true) throws -> Outcome {
        let session = Session()
        if confined { session.confine(to: Confinement(try grants)) }
        return session.run(source: source, file: own + "/own.bas", script: own + "/own.bas")
    }

    private static let hostile = [
        "read_text(\"../other/secret.txt\")", "read_text(\"out/secret.txt\")", "read_text(\"file\")", "read_text(\"/etc/passwd\")",
        "read_text(\"sub/../../other/secret.txt\")", "read_text(\"out/../own/.hidden/key.txt\")", "read_text(\".hidden/key.txt\")",
        "read_text(\"pipe\")", "read_text(\"/dev/zero\")", "read_text(\"/proc/self/environ\")", "read_text(\"/proc/self/root/etc/passwd\")",
        "read_text(\"/proc/self/cwd\")", "read_text(\"a\")", "read_text(\"~/.bashrc\")", "exists(\"../other\")", "exists(\"/etc/shadow\")",
        "exists(\"out\")", "ls(\"/\")", "ls(\"out\")", "ls(\"..\")", "cd()", "cd(\"/\")", "cd(\"out\")", "load_json(\"out/secret.txt\")",
        "save_json(1, \"x.json\")", "save_json(1, \"../x.json\")", "save_json(1, \"new\")", "save_json(1, \"own.out/../x.json\")",
        "save_json(1, \"own.out/none/../../x.json\")", "save_json(1, \"/tmp/bas-hostile.json\")", "save_json(1, \"own.bas\")",
        "save_json(1, \"/dev/null\")", "save_json(1, \"OWN/own.out/shared.json\")", "make_folder(\"sub/new\")",
        "make_folder(\"own.out/a/../../../evil\")",
        "import \"../other/module.bas\" as m", "import \"/etc/passwd\" as m", "import \"out/module.bas\" as m",
        "f = read_text\n[f(p) for p in [\"file\"]]", "\"file\" |> read_text",
    ]

    @Test(arguments: hostile) func isRefused(_ text: String) throws {
        let source = text.replacing("OWN", with: own)
        let before = try contents()
        let outcome = try run(source)
        #expect(outcome.diagnostics.first?.code == .notPermitted, "\(source): \(outcome.diagnostics.first?.message ?? "it ran")")
        #expect(outcome.exitCode == .noPermission)
        #expect(try contents() == before, "\(source) left something")
    }

    private func contents() throws -> [String] { try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() }

    @Test(arguments: [
        ("read_text(\"sub/a.txt\")", "\"mine\""), ("read_text(\"sub/../sub/./a.txt\")", "\"mine\""),
        ("exists(\"own.out/nothing\")", "false"),
        ("make_folder(\"own.out/p\"); save_json([1], \"own.out/p/x.json\"); load_json(\"own.out/p/x.json\")", "[1]"),
        ("exists(\"sub\")", "true"),
    ]) func isAllowed(_ source: String, _ result: String) throws {
        let source = source.replacing("own.out", with: own + "/own.out")
        let outcome = try run(source)
        #expect(outcome.diagnostics.isEmpty, "\(source): \(outcome.diagnostics.first?.message ?? "")")
        #expect(outcome.value?.literalText == result)
    }

    /// Without confinement the same programs do what they say, or fail for another reason.
    @Test(arguments: hostile.filter { !$0.contains("cd(") && !$0.contains("save") && !$0.contains("make_folder") && !$0.contains("zero") })
    func nothingIsRefusedWithoutConfinement(_ source: String) throws {
        #expect(try !run(source, confined: false).diagnostics.contains { $0.code == .notPermitted })
    }

    @Test func theMessageNamesPathAndFlag() throws {
        let problem = try #require(try run("read_text(\"out/secret.txt\")").diagnostics.first)
        #expect(problem.message == "this program may not read \"out/secret.txt\"")
        #expect(problem.help?.hasPrefix("--allow-read=") == true && problem.help?.contains("other/secret.txt allows it") == true)
        #expect(problem.notes.first?.contains("it leads to") == true)
        #expect(problem.span?.text == "\"out/secret.txt\"")
        #expect(try run("save_json(1, \"it's.json\")").diagnostics.first?.help?.contains("it'\\''s.json'") == true)
    }

    /// A refusal can be caught like other errors, and catching it opens nothing.
    @Test func catchingARefusalOpensNothing() throws {
        let outcome = try run("r = try { read_text(\"file\") } recover { \"caught\" }\nassert r == \"caught\"\nread_text(\"file\")")
        #expect(outcome.diagnostics.map(\.code) == [.notPermitted])
    }

    @Test func aConfinedSessionStaysConfined() throws {
        let session = Session()
        session.confine(to: Confinement([]))
        session.confine(to: Confinement([.init(real: "/", .write)]))
        #expect(session.run(source: "read_text(\"/etc/passwd\")").diagnostics.first?.code == .notPermitted)
        session.reset()
        #expect(session.run(source: "read_text(\"/etc/passwd\")").diagnostics.first?.code == .notPermitted)
        #expect(session.analyze(source: "import \"/etc/passwd\" as m").diagnostics.contains { $0.code == .notPermitted })
    }

    @Test func aPersonIsAskedUntilTheFirstNo() throws {
        let asked = Recorder()
        func session(_ answers: [Confinement.Answer]) -> Session {
            asked.clear()
            let session = Session()
            session.confine(
                to: Confinement([]) { refusal in
                    asked.record(.stream(refusal.real + "\n"))
                    return answers[min(asked.events.count, answers.count) - 1]
                })
            return session
        }
        let (one, two) = (own + "/sub/a.txt", folder.path + "/other/secret.txt")
        let reads = "read_text(\"\(one)\"); read_text(\"\(one)\"); try { read_text(\"\(two)\") } recover { 1 }; read_text(\"\(two)\")"
        #expect(session([.yes, .no]).run(source: reads).diagnostics.map(\.code) == [.notPermitted])
        #expect(asked.events.count == 2)
        #expect(session([.everything]).run(source: reads).diagnostics.isEmpty && asked.events.count == 1)
        // Nobody is asked about what is never allowed.
        #expect(session([.yes]).run(source: "read_text(\"/proc/self/environ\")").diagnostics.map(\.code) == [.notPermitted])
        #expect(
            session([.yes]).run(source: "read_text(\"\(own)/pipe\")").diagnostics.map(\.code) == [.notPermitted] && asked.events.isEmpty)
    }

    // MARK: limits

    @Test func aRunEndsWithItsTime() throws {
        let bench = Bench(Limits(seconds: 0.2))
        let outcome = bench.run("x = 1\nwhile true { try { while true { x = 2 } } recover { x = 3 } }")
        #expect(outcome.diagnostics.map(\.code) == [.timeLimit] && outcome.exitCode == .data && outcome.status == .error)
        #expect(outcome.seconds < 5)
        // The limit is for a run; the session goes on.
        #expect(bench.show("x > 0") == "true")
    }

    @Test func allRunsEndWithTheirTimeTogether() throws {
        let bench = Bench()
        bench.session.allow(seconds: 0.2)
        #expect(bench.run("while true { }").diagnostics.map(\.code) == [.timeLimit])
        bench.session.allow(seconds: 100)
        #expect(bench.session.isOutOfTime && bench.run("1").diagnostics.map(\.code) == [.timeLimit])
    }

    @Test func aRunEndsWithItsMemory() throws {
        let bench = Bench(Limits(memory: 1 << 20))
        let outcome = bench.run("while true { }")
        #expect(outcome.diagnostics.map(\.code) == [.tooManyBytes])
        #expect(outcome.diagnostics.first?.notes == ["it may hold 1.0 MiB"])
    }
}
