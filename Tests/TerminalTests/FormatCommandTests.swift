import Glibc
import Testing

/// `bas fmt` as editors, hooks and people call it.
@Suite(.serialized)
struct FormatCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func inPlace() throws {
        let path = try folder.write("a.bas", "x=1 # one\nshow   x\n")
        chmod(path, 0o750)
        let run = try Run(["fmt", "a.bas"], in: folder)
        #expect(run.status == 0 && run.output == "" && run.errors == "")
        #expect(folder.read("a.bas") == "x = 1  # one\nshow x\n")
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o750)
        #expect(try Run(["fmt", "--check", "a.bas"], in: folder).status == 0)
    }

    @Test func checkNamesFilesAndWritesNothing() throws {
        mkdir(folder.path + "/inner", 0o755)
        try folder.write("good.bas", "x = 1\n")
        try folder.write("inner/bad.bas", "x=1\n")
        try folder.write("inner/notes.txt", "x=1\n")
        let run = try Run(["fmt", "--check", "."], in: folder)
        #expect(run.status == 1 && run.output == "./inner/bad.bas\n" && run.errors == "")
        #expect(folder.read("inner/bad.bas") == "x=1\n")
        #expect(try Run(["fmt", "."], in: folder).status == 0)
        #expect(folder.read("inner/bad.bas") == "x = 1\n")
        #expect(folder.read("inner/notes.txt") == "x=1\n")
    }

    @Test func aFolderWithoutProgramsIsSaid() throws {
        let run = try Run(["fmt", "--check", "."], in: folder)
        #expect(run.status == 0 && run.errors.contains("there is no .bas file in \".\""))
    }

    @Test(arguments: [["fmt"], ["fmt", "-"]])
    func standardInput(_ arguments: [String]) throws {
        let run = try Run(arguments, input: "f( 1 )", in: folder)
        #expect(run.status == 0 && run.output == "f(1)\n")
    }

    /// A broken script is told of, with every mistake, and left as it is; the others are formatted.
    @Test func brokenScriptsAreLeftAlone() throws {
        try folder.write("bad.bas", "x = )\ny = (1\nz=3\n")
        try folder.write("good.bas", "z=3\n")
        let run = try Run(["fmt", "bad.bas", "good.bas"], in: folder)
        #expect(run.status == 65 && run.output == "")
        #expect(run.errors.contains("bad.bas:1:5: error[E0105]") && run.errors.contains("bad.bas:3:1: error[E0105]"))
        #expect(folder.read("bad.bas") == "x = )\ny = (1\nz=3\n")
        #expect(folder.read("good.bas") == "z = 3\n")
    }

    @Test func missingFilesAndLinks() throws {
        #expect(try Run(["fmt", "missing.bas"], in: folder).status == 66)
        try folder.write("real.bas", "x=1\n")
        #expect(symlink("real.bas", folder.path + "/link.bas") == 0)
        #expect(try Run(["fmt", "link.bas"], in: folder).status == 0)
        #expect(folder.read("real.bas") == "x = 1\n")
        var status = stat()
        #expect(lstat(folder.path + "/link.bas", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    }

    /// All mistakes of a script at once, as one object a line.
    @Test func errorsAsJSON() throws {
        try folder.write("bad.bas", "x = )\ny = 1 2\n")
        let run = try Run(["run", "--error-format=json", "bad.bas"], in: folder)
        let lines = run.errors.split(separator: "\n")
        #expect(lines.count == 2 && lines.allSatisfy { $0.hasPrefix("{\"code\":\"E0105\"") && $0.hasSuffix("}") })
    }
}
