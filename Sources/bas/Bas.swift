import ArgumentParser
import Commands
import Language
import Terminal

/// The command line. It reads arguments, opens a console, and ends with the exit code that comes back.
@main
struct Bas: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bas",
        abstract: "Break-A-Scene: learn the things in one photo, then draw them anew.",
        usage: """
            bas [-q] [-i] [-e CODE ...] [FILE | -] [ARGUMENT ...]
            bas <subcommand>
            """,
        discussion: """
            Without a file bas opens its prompt, or runs standard input where that is no terminal. FILE is a script: it runs. \
            A FILE with cells (`# %%`) is a notebook: at a terminal its cells are shown, those that have changed run, and the prompt \
            goes on after the last one with all their names; elsewhere, and with `bas run FILE`, it just runs. -e CODE runs code \
            instead, several times if wanted, and -i goes on to the prompt afterwards. `bas start --help` lists the options.

            Safety: \(SafetyOptions.explanation)

            Exit codes: \(exitCodes)
            """,
        version: Host.version,
        subcommands: [
            Start.self, Run.self, TourCommand.self, Check.self, Format.self, LanguageServerCommand.self, NotebookCommand.self,
            PreviewCommand.self, TestCommand.self, ExportCommand.self, ImportCommand.self, ProvenanceCommand.self, MasksCommand.self,
            KernelCommand.self, JobsCommand.self, WorkerCommand.self, Trust.self, Explain.self, Doc.self, Bench.self,
        ],
        defaultSubcommand: Start.self)

    static let exitCodes = """
        0 well, 64 wrong arguments, 65 wrong program or data, 66 no such input, 70 a mistake in bas, \
        73 cannot create, 74 input or output failed, 77 no permission, 130 interrupted.
        """

    static func main() {
        Descriptors.fill()
        // The parser requires a value for the option; without one, --recover means --recover=replay.
        let arguments = SafetyOptions.completed(CommandLine.arguments.dropFirst().map { $0 == "--recover" ? "--recover=replay" : $0 })
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch {
            // Help and the version are written like other output, so that a failure to write them is an error.
            guard exitCode(for: error) == .success else { exit(withError: error) }
            let text = fullMessage(for: error)
            // The parser takes the version at every start; what costs time to find out is found out where it is asked for.
            if !text.isEmpty { Pages.print((text == Host.version ? Host.versionReport : text) + "\n") }
        }
    }

    /// Ends the process with this code, by throwing; returns for 0.
    static func finish(_ status: Int32) throws {
        if status != 0 { throw ArgumentParser.ExitCode(status) }
    }
}

/// The options of every command that runs something.
struct ConsoleOptions: ParsableArguments {
    @Flag(name: [.short, .long], help: "No banner and no progress.")
    var quiet = false

    @Option(help: ArgumentHelp("Colour: auto, always or never.", valueName: "when"))
    var color = ColorChoice.auto

    @Option(
        help: ArgumentHelp("Errors as text for people, or as JSON, one object a line.", valueName: "format"))
    var errorFormat = ErrorFormat.text

    /// Returns a console with these options, and with what programs may do.
    func console(_ safety: SafetyOptions? = nil) -> Console {
        let options = Console.Options(color: color, errorFormat: errorFormat, quiet: quiet, safety: safety?.safety ?? Console.Safety())
        let console = Console(builtins: Host.builtins, options: options)
        if Surroundings.isTerminal(0) { console.session.context[MaskPainting.self] = MaskPainter.paint }
        return console
    }
}

extension ColorChoice: ExpressibleByArgument {}
extension ErrorFormat: ExpressibleByArgument {}
extension Recovery.Action: ExpressibleByArgument {}
