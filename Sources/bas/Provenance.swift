import ArgumentParser
import Files
import Glibc
import Language
import Notebook
import Terminal

/// `bas provenance`.
struct ProvenanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provenance", abstract: "Say how a picture was made, and make it again.",
        discussion: """
            Pictures and figures (.png, .svg) that bas writes carry the program that made them, with prompt, seed, model and the like. \
            This prints what a file says; the last part is the program.

            --run runs that program in a fresh session and compares what comes out with the picture. Files are read as always; everything \
            that the program writes goes into a temporary folder, or with -o into FOLDER, which is to be new or empty. Under the same \
            arithmetic kernel and with the same model all pixels are the same; else the peak signal-to-noise ratio tells how near they are.

            The program of a downloaded picture is confined, as a downloaded script is (bas --help).

            Exit codes: 0 well; with --run 1 where no picture comes within 30 dB, and the program's own where it fails; \
            65 no texts or no program in it; 66 no such file; 73 cannot create.
            """)

    @OptionGroup var options: ConsoleOptions
    @OptionGroup(title: "Safety") var safety: SafetyOptions

    @Flag(help: "One JSON object instead of text.")
    var json = false

    @Flag(name: .customLong("run"), help: "Run the program again and compare.")
    var runs = false

    @Option(name: [.short, .long], help: "The folder for what the program writes and shows.", completion: .directory)
    var output: String?

    @Argument(help: "A picture or figure.", completion: .file(extensions: ["png", "svg"]))
    var picture: String

    func validate() throws {
        if output != nil, !runs { throw ValidationError("-o goes with --run") }
    }

    func run() throws {
        let console = options.console(safety)
        try Bas.finish(ProvenanceDesk(console, quiet: options.quiet, json: json).answer(picture, runs: runs, output: output))
    }
}

/// Prints what pictures say about how they were made, and makes them again.
struct ProvenanceDesk {
    private let console: Console
    private let quiet: Bool
    private let json: Bool

    init(_ console: Console, quiet: Bool, json: Bool) { (self.console, self.quiet, self.json) = (console, quiet, json) }

    /// Returns the exit code. `runs`: the program runs again, and `output` is the folder for what it writes.
    func answer(_ path: String, runs: Bool, output: String?) -> Int32 {
        do {
            let picture = try ProvenanceTexts(contentsOf: path)
            guard runs else {
                Pages.print(json ? Self.text(object(picture)) : text(picture))
                return 0
            }
            return try rerun(picture, output)
        } catch let problem as Problem {
            console.printer.report(problem)
            return (problem.exitCode ?? problem.code.exitCode).rawValue
        } catch {
            console.printer.report(Problem(.cannotRead, "\(error)"))
            return Language.ExitCode.inputOutput.rawValue
        }
    }

    // MARK: what the file says

    /// Returns JSON in which control characters are written as escapes.
    private static func text(_ object: JSONObject) -> String {
        var result = ""
        for scalar in JSON.object(object).text(pretty: true).unicodeScalars {
            if scalar == "\n" || printable(String(scalar)) == String(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                // All of them lie in the basic plane, and within strings.
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            }
        }
        return result + "\n"
    }

    private func object(_ picture: ProvenanceTexts) -> JSONObject {
        var object: JSONObject = ["file": .string(picture.path), "format": .string(picture.format.rawValue)]
        if let size = picture.size { (object["width"], object["height"]) = (JSON(size.width), JSON(size.height)) }
        if let modified = picture.modified { object["modified"] = .string(Self.time(modified, "%Y-%m-%dT%H:%M:%SZ", isLocal: false)) }
        object["texts"] = .object(JSONObject(picture.entries.map { ($0.key, .string($0.text)) }))
        return object
    }

    private func text(_ picture: ProvenanceTexts) -> String {
        let entries = picture.entries.filter { !["Software", "script"].contains($0.key) }
        let width = min(entries.map(\.key.count).max() ?? 0, 20)
        var lines = [head(picture)]
        for (key, text) in entries {
            let parts = printable(text).split(separator: "\n", omittingEmptySubsequences: false)
            let name = printable(key)
            lines.append(name + String(repeating: " ", count: max(0, width - name.count)) + "  " + (parts.first ?? ""))
            lines += parts.dropFirst().map { String(repeating: " ", count: width + 2) + $0 }
        }
        if let script = picture.script {
            lines += ["", "the program:"]
            var code = printable(script).split(separator: "\n", omittingEmptySubsequences: false)[...]
            while code.last?.allSatisfy(\.isWhitespace) == true { code.removeLast() }
            lines += code.map { $0.isEmpty ? "" : "    " + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Returns what the file is, who made it, and when.
    private func head(_ picture: ProvenanceTexts) -> String {
        let size = picture.size.map { ", \($0)" } ?? ""
        let maker = picture.texts["Software"].map { ", made by \(printable($0).split(separator: "\n").first ?? "")" } ?? ""
        // Other programs write the time; bas does not, so that the same picture is the same file.
        let made = picture.texts["Creation Time"].map { ", on \(printable($0).split(separator: "\n").first ?? "")" }
        let when = made ?? picture.modified.map { ", in a file of \(Self.time($0, "%Y-%m-%d %H:%M", isLocal: true))" } ?? ""
        return "\(printable(picture.path)): \(picture.format.rawValue.uppercased())\(size)\(maker)\(when)"
    }

    private static func time(_ seconds: Int, _ format: String, isLocal: Bool) -> String {
        var (seconds, parts) = (seconds, tm())
        if isLocal { localtime_r(&seconds, &parts) } else { gmtime_r(&seconds, &parts) }
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, format, &parts)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: running again

    private func rerun(_ picture: ProvenanceTexts, _ output: String?) throws -> Int32 {
        let again = try ProvenanceRun(picture)
        let folder = try output.map(Self.emptyFolder) ?? Self.temporaryFolder()
        defer { if output == nil { try? FileSystem.removeTree(folder) } }
        console.confine(file: picture.path, writing: folder)
        let (printer, quiet) = (console.printer, quiet)
        let result = console.running {
            again.run(console.session, folder: folder, keepsShown: output != nil) { event in
                switch event {
                case .progress, .finished: if !quiet { printer.handle(event) }
                case .diagnostic: printer.handle(event)
                case .started, .stream, .display, .result: break
                }
            }
        }
        let verdict = ProvenanceVerdict(result, picture, drawsUnseeded: drawsUnseeded(picture))
        if json {
            var object = object(picture)
            object["run"] = .object(verdict.object)
            Pages.print(Self.text(object))
        } else {
            Pages.print(verdict.lines.map { printable($0) + "\n" }.joined())
        }
        return verdict.exitCode
    }

    /// Whether the program draws random numbers that no seed fixes.
    private func drawsUnseeded(_ picture: ProvenanceTexts) -> Bool {
        picture.script.map { Session(builtins: Host.builtins).check(source: $0).contains { $0.code == .unseededDraw } } ?? false
    }

    /// Makes a folder, or takes one that is empty; returns its absolute path. Throws a `Problem`.
    private static func emptyFolder(_ path: String) throws -> String {
        do {
            try FileSystem.createFolder(path)
        } catch {
            throw Problem(.cannotWrite, "\(error)")
        }
        guard FileSystem.contents(path).isEmpty else {
            throw Problem(.cannotWrite, "the folder \"\(path)\" is not empty: the program could take what lies in it for its own")
        }
        guard let real = realpath(path, nil) else { throw Problem(.cannotWrite, "the folder \"\(path)\" cannot be entered") }
        defer { free(real) }
        return String(cString: real)
    }

    private static func temporaryFolder() throws -> String {
        do {
            return try FileSystem.makeTemporaryFolder(named: "bas-provenance")
        } catch {
            throw Problem(.cannotWrite, "\(error)")
        }
    }
}
