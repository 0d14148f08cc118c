import Files
import Glibc
import Language
import Testing

@testable import Terminal

/// Running what others wrote: what is confined by default, by flags and by a person's answer.
@Suite(.serialized) struct SafetyTests {
    let folder: TemporaryFolder
    private let script = "print(read_text(\"../outside.txt\"))\n"

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("outside.txt", "secret")
        mkdir(folder.path + "/own", 0o700)
        try folder.write("own/s.bas", script)
    }

    /// Notes on the script where it came from; returns false where this file system keeps no notes.
    private func markDownloaded() -> Bool { FileOrigin.note("https://elsewhere.example/s.bas", at: folder.path + "/own/s.bas") }

    @Test func ownScriptsAreNotConfined() throws {
        let run = try Run(["run", "own/s.bas"], in: folder)
        #expect(run.output == "secret\n" && run.errors == "" && run.status == 0)
        #expect(try Run(["-"], input: "read_text(\"outside.txt\")", in: folder).output == "\"secret\"\n")
    }

    @Test(arguments: [["--sandbox"], ["--allow-read=own"], ["--allow-write=own"], ["--allow-read"]])
    func flagsConfine(_ flags: [String]) throws {
        try folder.write("own/s.bas", "cd(\"own\")\nsave_json(1, \"../new.json\")\n")
        let run = try Run(["own/s.bas"], in: folder)
        #expect(run.status == 0 && folder.read("new.json") == "1\n")
        folder.remove("new.json")
        let confined = try Run(flags + ["own/s.bas"], in: folder)
        #expect(confined.status == 77 && confined.errors.contains("--allow-write=~/new.json allows it"), "\(flags): \(confined.errors)")
        #expect(folder.read("new.json") == "")
    }

    @Test func allowedPathsAreAllowed() throws {
        let read = "read_text(\"\(folder.path)/outside.txt\")"
        for flags in [
            ["--allow-read=\(folder.path)/outside.txt"], ["--allow-read=own,outside.txt"], ["--allow-read"],
            ["--allow-write=~/outside.txt"],
        ] {
            let run = try Run(flags + ["-e", read], in: folder)
            #expect(run.output == "\"secret\"\n" && run.errors == "", "\(flags): \(run.errors)")
        }
        let other = try Run(["--allow-read=own", "-e", "read_text(\"/etc/passwd\")"], in: folder)
        #expect(other.status == 77)
        let words = try Run(["-e", "args", "x", "--allow-read"], in: folder)
        #expect(words.output == "[\"x\", \"--allow-read\"]\n")
    }

    @Test func downloadedFilesAreConfinedUntilTheyAreTrusted() throws {
        try folder.write("own/s.bas", "print(read_text(\"\(folder.path)/outside.txt\"))\n")
        guard markDownloaded() else { return }
        let run = try Run(["own/s.bas"], in: folder)
        #expect(run.status == 77 && run.output == "" && run.errors.contains("was downloaded from https://elsewhere.example/s.bas"))
        #expect(run.errors.contains("--allow-read="))
        // Running it as a notebook rewrites the file, which stays a downloaded one.
        #expect(try Run(["notebook", "own/s.bas"], in: folder).status == 77)
        #expect(folder.read("own/s.bas").contains("#> ") && FileOrigin.of(folder.path + "/own/s.bas") != nil)
        #expect(!folder.read("own/s.bas").contains("secret"))
        #expect(try Run(["trust", "own/s.bas"], in: folder).status == 0)
        #expect(try Run(["own/s.bas"], in: folder).output == "secret\n")
        #expect(try Run(["notebook", "own/s.bas"], in: folder).status == 0)
        #expect(try Run(["own/s.bas"], in: folder).output == "secret\n", "recorded output does not count")
        #expect(try Run(["trust", "--list"], in: folder).output.contains("own/s.bas"))
        #expect(try Run(["--sandbox", "own/s.bas"], in: folder).status == 77)
        #expect(try Run(["trust", "--forget", "own/s.bas"], in: folder).status == 0)
        #expect(try Run(["own/s.bas"], in: folder).status == 77)
    }

    @Test func whatLiesInTheDownloadFolderIsConfined() throws {
        mkdir(folder.path + "/Downloads", 0o700)
        try folder.write("Downloads/s.bas", "print(read_text(\"\(folder.path)/outside.txt\"))\n")
        #expect(try Run(["Downloads/s.bas"], in: folder).status == 77)
        mkdir(folder.path + "/config", 0o700)
        try folder.write("config/user-dirs.dirs", "XDG_DOWNLOAD_DIR=\"$HOME/Other\"\n")
        #expect(try Run(["Downloads/s.bas"], in: folder).output == "secret\n")
        try folder.write("config/user-dirs.dirs", "XDG_DOWNLOAD_DIR=\"$HOME/\"\n")
        #expect(try Run(["own/s.bas"], in: folder).errors.contains("lies in") == false)
    }

    @Test func aPictureFolderThatIsALinkIsNotWritten() throws {
        mkdir(folder.path + "/other", 0o700)
        try folder.write("own/n.bas", "show box([1, 1], [5, 5], [16, 16])\n")
        symlink("../other", folder.path + "/own/n.out")
        let run = try Run(["notebook", "--sandbox", "own/n.bas"], in: folder)
        #expect(run.status == 73 && FileSystem.contents(folder.path + "/other").isEmpty, "\(run.errors)")
    }

    @Test func aShownPictureDoesNotFollowALink() throws {
        for name in ["other", "own/.bas"] { mkdir(folder.path + "/" + name, 0o700) }
        symlink("../../other", folder.path + "/own/.bas/out")
        try folder.write("own/p.bas", "cd(\"own\");\nshow box([1, 1], [5, 5], [16, 16])\n")
        let run = try Run(["--sandbox", "own/p.bas"], in: folder)
        #expect(
            run.status == 77 && run.errors.contains("is a link that leads elsewhere")
                && FileSystem.contents(folder.path + "/other").isEmpty, "\(run.errors)")
    }

    /// Records and caches that came with a file are not believed: every cell runs.
    @Test func strangersRecordsAreNotBelieved() throws {
        try folder.write("own/n.bas", "# %%\nprint(1 + 1)\n")
        _ = try Run(["notebook", "own/n.bas"], in: folder)
        let kept = try Run(["notebook", "own/n.bas"], in: folder)
        let run = try Run(["notebook", "--sandbox", "own/n.bas"], in: folder)
        #expect(kept.errors.contains("0 cells ran") && run.errors.contains("1 cell ran"), "\(kept.errors)\(run.errors)")
    }

    @Test func limitsEndARun() throws {
        let time = try Run(["--limit-time", "0.3s", "-e", "while true { }"], in: folder)
        #expect(time.status == 65 && time.errors.contains("E0607") && time.errors.contains("after 0.3 s"))
        let memory = try Run(["--limit-memory=40MiB", "-e", "xs = []; while true { xs = xs + [list(1..1000)] }"], in: folder)
        #expect(memory.status == 65 && memory.errors.contains("E0604"), "\(memory.errors)")
        let value = try Run(["--limit-memory=40MiB", "-e", "list(1..40000000)"], in: folder)
        #expect(value.status == 65 && value.errors.contains("E0604"), "\(value.errors)")
        try folder.write("own/n.bas", "# %%\nwhile true { }\n# %%\nprint(2)\n")
        let notebook = try Run(["notebook", "--limit-time=0.3", "own/n.bas"], in: folder)
        #expect(notebook.status == 65 && notebook.errors.contains("the time is over: 1 of 2 cells"), "\(notebook.errors)")
        for wrong in [["--limit-time=soon", "-e", "1"], ["--limit-memory=much", "-e", "1"], ["trust"]] {
            #expect(try Run(wrong, in: folder).status == 64)
        }
    }

    // MARK: at a terminal

    @Test(arguments: [("y\n", false), ("a\n", true)]) func aPersonMayAllowIt(_ answer: String, _ isRemembered: Bool) throws {
        try folder.write("own/s.bas", "print(\"it says \" + read_text(\"\(folder.path)/outside.txt\"))\n")
        guard markDownloaded() else { return }
        let terminal = try PseudoTerminal(["run", "own/s.bas"], in: folder)
        try terminal.wait(for: "wants to read")
        try terminal.wait(for: "Enter for no: ")
        terminal.send(answer)
        try terminal.wait(for: "it says secret")
        #expect(try Run(["own/s.bas"], in: folder).status == (isRemembered ? 0 : 77))
    }

    @Test func anythingElseIsNo() throws {
        try folder.write("own/s.bas", "print(\"it says \" + read_text(\"\(folder.path)/outside.txt\"))\n")
        guard markDownloaded() else { return }
        let terminal = try PseudoTerminal(["run", "own/s.bas"], in: folder)
        try terminal.wait(for: "Enter for no: ")
        terminal.send("\n")
        try terminal.wait(for: "E0517")
    }

    // MARK: parts

    @Test(
        arguments: [
            ("10m", 600), ("90s", 90), ("1h30m", 5400), ("0.5", 0.5), ("2 h", 7200), ("", nil), ("m", nil), ("10x", nil), ("-1", nil),
            ("0", nil),
            ("1e9", nil), ("99999999999999h", nil),
        ] as [(String, Double?)])
    func timesAreRead(_ text: String, _ seconds: Double?) { #expect(Quantity.seconds(text) == seconds) }

    @Test func aDamagedStoreTrustsNothing() throws {
        let store = TrustStore(path: folder.path + "/trusted")
        #expect(!store.trusts("1") && store.entries.isEmpty)
        try folder.write("trusted", "no hash\n\u{0}\u{1}\n" + String(repeating: "z", count: 64) + " x\n")
        #expect(store.entries.isEmpty)
        try store.add("print(1)", path: "/a b\nc.bas")
        #expect(store.trusts("print(1)") && !store.trusts("print(2)") && store.entries.count == 1)
        #expect(store.entries.first?.path == "/a b\nc.bas")
        #expect(TrustStore.hash(of: "x = 1\n#> 1\n") == TrustStore.hash(of: "x = 1\n"))
        #expect(TrustStore.hash(of: "x = \"\"\"\n#> 1\n\"\"\"\n") != TrustStore.hash(of: "x = \"\"\"\n\"\"\"\n"))
        #expect(try store.remove("print(1)") && !store.trusts("print(1)"))
    }

    @Test func aHomeFolderIsNotGrantedAsAWhole() throws {
        let home = Surroundings.variable("HOME") ?? "/root"
        let grants = Console.grants(for: home + "/s.bas", Console.Safety(), library: [])
        let confinement = Confinement(grants)
        #expect(confinement.refusal(home + "/s.bas", .read) == nil && confinement.refusal(home + "/s.out/1.png", .write) == nil)
        #expect(confinement.refusal(home + "/notes.txt", .read) != nil && confinement.refusal(home + "/.ssh/id_rsa", .read) != nil)
        #expect(Confinement(Console.grants(for: "/s.bas", Console.Safety(), library: [])).refusal("/etc/passwd", .read) != nil)
    }
}
