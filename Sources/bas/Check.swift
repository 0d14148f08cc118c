import ArgumentParser
import LanguageServer
import Terminal

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is wrong with scripts without running them.",
        discussion: """
            Syntax, names, arguments, types and shapes that are known before running, and what is probably not \
            meant: names without use, draws without a seed, missing files. `bas explain W0106` explains a code.

            Exit codes: 0 nothing wrong, or warnings only; 1 warnings with --strict; 65 errors; 66 no such script.
            """)

    @OptionGroup var options: ConsoleOptions

    @Flag(help: "End with 1 where there are warnings.")
    var strict = false

    @Argument(help: "Scripts; - is standard input.", completion: .file(extensions: ["bas"]))
    var files: [String]

    func run() throws {
        try Bas.finish(options.console().check(files: files, strict: strict))
    }
}

struct LanguageServerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lsp", abstract: "Serve an editor: the Language Server Protocol over standard input and output.")

    @Flag(help: "Ignored: it is what there is.")
    var stdio = false

    func run() throws {
        try Bas.finish(
            ServerLoop().run(
                builtins: Host.builtins, standardLibrary: StandardLibrary.here(), version: Host.version))
    }
}
