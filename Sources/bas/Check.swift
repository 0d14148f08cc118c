import ArgumentParser
import LanguageServer
import Terminal

/// `bas check`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is wrong with scripts without running them.",
        discussion: """
            Syntax, names, arguments, types and shapes that are known before running, and what is probably not \
            meant: names without use, draws without a seed, missing files. `bas explain W0106` explains a code.

            --plan also says what every command that loads, trains or draws will need on this machine, by line: memory \
            (the most of the whole program at that time) and time. It reads models' configurations, not their weights; \
            what is not known before running it calls unknown.

            Exit codes: 0 nothing wrong, or warnings only; 1 warnings with --strict; 65 errors; 66 no such script.
            """)

    @OptionGroup var options: ConsoleOptions

    @Flag(help: "End with 1 where there are warnings.")
    var strict = false

    @Flag(help: "Say how much memory and time models, trainings and pictures will need.")
    var plan = false

    @Argument(help: "Scripts; - is standard input.", completion: .file(extensions: ["bas"]))
    var files: [String]

    func run() throws {
        let console = options.console()
        guard plan else { return try Bas.finish(console.check(files: files, strict: strict)) }
        try Bas.finish(console.check(files: files, strict: strict) { Host.plan($0, $1, width: $2) })
    }
}

/// `bas lsp`.
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
