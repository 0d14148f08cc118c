import Glibc
import Testing

/// The program as scripts and shells see it.
@Suite(.serialized)
struct CommandLineTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(
        arguments: [
            (["-e", "1 + 1"], 0, "2\n"),
            (["-e", "a = 20", "-e", "a + 1"], 0, "21\n"),
            (["-e", "-1"], 0, "-1\n"),
            (["-e", "args", "one", "--two"], 0, "[\"one\", \"--two\"]\n"),
            (["-e", "1 +"], 65, ""),
            (["-e", "nothing_of_this_name"], 65, ""),
            (["missing.bas"], 66, ""),
            (["run", "missing.bas"], 66, ""),
            (["check", "missing.bas"], 66, ""),
            // Debian's `jupyter run FILE` passes FILE on.
            (["kernel", "run", "missing.json", "cell.bas"], 66, ""),
            (["run", "/root/../etc"], 74, ""),
            (["rnu"], 64, ""),
            (["--nonsense"], 64, ""),
            (["run", "--nonsense"], 64, ""),
            (["run"], 64, ""),
            (["--color=purple"], 64, ""),
            (["explain", "E9999"], 64, ""),
        ] as [([String], Int32, String)])
    func exitCodes(arguments: [String], status: Int32, output: String) throws {
        let run = try Run(arguments, in: folder)
        #expect(run.status == status)
        #expect(run.output == output)
        #expect(run.errors.isEmpty == (status == 0))
    }

    /// Version, commit, BLAS core and model, a line each; the model is named by the hash that pictures carry.
    @Test func theVersionSaysWhatComputes() throws {
        let report = try Run(["--version"], in: folder).output
        let lines = report.split(separator: "\n")
        try #require(lines.count == 3 && report.hasSuffix("\n"))
        #expect(lines[0].wholeMatch(of: /bas [0-9.]+, commit (unknown|[0-9a-f]{7,40}(-dirty)?)/) != nil)
        #expect(lines[1].wholeMatch(of: /BLAS: OpenBLAS [A-Za-z0-9]+, [0-9]+ threads?/) != nil)
        let hash = try #require(lines[2].firstMatch(of: /^model: collage ([0-9a-f]{16}), in \/.+\/models\/collage$/)?.1)
        #expect(try Run(["-e", "load_model(\"collage\")"], in: folder).output.contains("hash \(hash)"))
        let without = try Run(["--version"], in: folder, environment: ["BAS_STDLIB=/nonexistent"])
        #expect(without.status == 0 && without.output.hasSuffix("\nmodel: none, there is no folder /nonexistent/models/collage\n"))
    }

    /// A package is put together in another place than the one where it will lie.
    @Test func aKernelIsInstalledForAProgramThatWillLieElsewhere() throws {
        let install = ["kernel", "install", "--prefix", "usr", "--program"]
        #expect(try Run(install + ["/usr/bin/bas"], in: folder).status == 0)
        let specification = folder.read("usr/share/jupyter/kernels/bas/kernel.json")
        let here = try Executable.path()
        #expect(specification.contains("\"/usr/bin/bas\"") && !specification.contains(here))
        let refused = try Run(install + ["bin/bas"], in: folder)
        #expect(refused.status == 64 && refused.errors.contains("--program wants an absolute path, not 'bin/bas'"))
    }

    /// What must fail is told before anything is done, in the words and with the exit code of `check`.
    @Test func runningChecksFirst() throws {
        try folder.write("wrong.bas", "print(1)\nx = nope\nfor i in 1..3 { 1 + \"a\" }\nunused = 2\n")
        let (check, run) = (try Run(["check", "wrong.bas"], in: folder), try Run(["run", "wrong.bas"], in: folder))
        #expect(run.output.isEmpty && run.status == 65 && run.errors == check.errors)
        #expect(try Run(["-e", "print(1); nope"], in: folder).output.isEmpty)
        try folder.write("maybe.bas", "print(1)\nif len(args) > 0 { nope }\ntry { nope } recover { print(2) }\n")
        #expect(try Run(["maybe.bas"], in: folder).output == "1\n2\n")
    }

    @Test func scriptsTakeArguments() throws {
        try folder.write("script.bas", "#!/usr/bin/env bas\nprint(args)\n")
        let words = "[\"-x\", \"--color\", \"3\"]\n"
        #expect(try Run(["script.bas", "-x", "--color", "3"], in: folder).output == words)
        #expect(try Run(["run", "script.bas", "-x", "--color", "3"], in: folder).output == words)
    }

    @Test(arguments: [[], ["-"], ["run", "-"]])
    func standardInputIsAScript(arguments: [String]) throws {
        let run = try Run(arguments, input: "x = 4\nx * 10\n", in: folder)
        // No prompt, no banner, no echo.
        #expect(run.output == "40\n")
        #expect(run.errors == "")
        #expect(run.status == 0)
    }

    @Test func aWordThatBASGRAPHICSDoesNotKnowIsAnswered() throws {
        let run = try Run(["-e", "1"], in: folder, environment: ["BAS_GRAPHICS=sixels"])
        #expect(run.output == "1\n" && run.status == 0)
        #expect(run.errors.contains("BAS_GRAPHICS=sixels") && run.errors.contains("did you mean sixel?"))
        #expect(run.errors.contains("kitty, iterm, sixel, symbols, ascii, off"))
        #expect(try Run(["-e", "1"], in: folder, environment: ["BAS_GRAPHICS=Off"]).errors.isEmpty)
    }

    @Test func nearMissesAreNamed() throws {
        #expect(try Run(["rnu"], in: folder).errors.contains("did you mean 'run'?"))
        try folder.write("script.bas", "")
        #expect(
            try Run(["-q", "run", "script.bas"], in: folder).errors.contains("options come after the command")
        )
    }

    @Test func errorsAsJSONAreOneObjectALine() throws {
        let run = try Run(["--error-format=json", "-e", "1 + \"a\""], in: folder)
        #expect(run.status == 65)
        #expect(run.errors.hasPrefix("{\"code\":\"E0302\""))
        #expect(run.errors.split(separator: "\n").count == 1)
    }

    @Test func textThatIsNotUTF8IsRefused() throws {
        let script = try folder.write("bad.bas", "x = 1\n")
        let file = try #require(fopen(script, "a"))
        fputc(0xFF, file)
        fclose(file)
        #expect(try Run(["bad.bas"], in: folder).status == 65)
        #expect(try Run(["check", "bad.bas"], in: folder).status == 65)
    }

    @Test func checkingDoesNotRun() throws {
        try folder.write("script.bas", "print(\"ran\")\nprint(1, seperator=\", \")\n")
        let run = try Run(["check", "script.bas"], in: folder)
        #expect(run.status == 65)
        #expect(run.output == "")
        #expect(run.errors.contains("script.bas:2:"))
        #expect(run.errors.contains("separator"))
    }

    @Test func ofAThousandFindingsAHundredAreShown() throws {
        let warnings = String(repeating: "fn f() { unused = 1\n unused = 2 }\n", count: 300)
        try folder.write("script.bas", warnings + "print(missing)\n")
        let run = try Run(["check", "script.bas"], in: folder)
        #expect(run.status == 65)
        let lines = run.errors.split(separator: "\n")
        #expect(lines.count { $0.contains(": warning[") || $0.contains(": error[") } == 100)
        #expect(lines.contains { $0.contains("nothing is called \"missing\"") })
        #expect(lines.last?.hasPrefix("script.bas: ") == true)
        #expect(lines.last?.hasSuffix(" more warnings; --error-format=json writes all of them") == true)
        let all = try Run(["check", "--error-format=json", "script.bas"], in: folder).errors.split(separator: "\n")
        #expect(all.count > 300 && all.allSatisfy { $0.hasPrefix("{") })
    }

    @Test func aFullDiskIsAnErrorAndAClosedPipeIsNot() throws {
        let many = ["-e", "for i in 1..20000 { print(i) }"]
        let full = try Run(many, in: folder, output: "/dev/full")
        #expect(full.status == 74)
        #expect(full.errors == "bas: cannot write the output: No space left on device\n")
        for arguments in [["--version"], ["--help"], ["run", "--help"], ["--generate-completion-script", "bash"]] {
            let full = try Run(arguments, in: folder, output: "/dev/full")
            #expect(full.status == 74)
            #expect(full.errors == "bas: cannot write the output: No space left on device\n")
        }
        let program = try Executable.path()
        try folder.write("head.sh", "\"$1\" -e 'for i in 1..200000 { print(i) }' | head -1\n")
        let id = try #require(
            Child.spawn(["/bin/sh", folder.path + "/head.sh", program], environment: folder.environment) {
                actions in
                posix_spawn_file_actions_addopen(
                    &actions, 1, folder.path + "/first", O_WRONLY | O_CREAT, 0o600)
                posix_spawn_file_actions_addopen(
                    &actions, 2, folder.path + "/words", O_WRONLY | O_CREAT, 0o600)
            })
        #expect(Child.wait(id) == 0)
        #expect(folder.read("first") == "1\n")
        #expect(folder.read("words") == "")
    }

    @Test func anInterruptedScriptEndsWith130() throws {
        let run = try Run(
            ["-e", "print(\"before\"); while true {}"], in: folder, signal: (SIGINT, after: 0.4))
        #expect(run.status == 130)
        #expect(run.output == "before\n")
        #expect(run.errors.contains("E0601"))
    }

    @Test func aScriptAskedToEndEndsWith143() throws {
        let run = try Run(
            ["-e", "print(\"before\")\nwhile true {}"], in: folder, signal: (SIGTERM, after: 0.4))
        #expect(run.status == 143)
        // What was printed is not lost.
        #expect(run.output == "before\n")
    }

    @Test func helpNamesEveryCommand() throws {
        let run = try Run(["--help"], in: folder)
        for name in ["run", "check", "explain", "doc", "bench", "-e CODE"] {
            #expect(run.output.contains(name))
        }
        #expect(try Run(["run", "--help"], in: folder).output.contains("--error-format"))
        #expect(try Run(["start", "--help"], in: folder).output.contains("--no-init"))
        #expect(try Run(["explain", "e0203"], in: folder).output.hasPrefix("E0203: "))
        #expect(try Run(["doc", "print"], in: folder).output.hasPrefix("print("))
        #expect(try Run(["doc"], in: folder).output.contains("  print "))
    }
}
