import ArgumentParser
import Language
import Notebook
import Terminal

/// `bas notebook`.
struct NotebookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notebook", abstract: "Run a script's cells and record what they show in the file.",
        discussion: """
            Cells begin at `# %%`. What a cell prints and shows is written below it as `#>` lines, pictures go into FILE.out beside it by \
            a hash of their contents; `bas run` ignores both. Only cells run whose text, values, files or random numbers have changed; \
            what the others gave comes back from .bas/cache beside the file. The line `#>@ KEY KERNEL TIME` says what a cell's outputs were \
            computed from.

            A cell that fails is recorded where it stands, and cells that do not need it run all the same. Ctrl-C ends the running cell; \
            what is done is written.

            Exit codes: 0 well; those of `bas run` where a cell failed; 1 with --check where a record is no longer true.
            """)

    @OptionGroup var options: ConsoleOptions
    @OptionGroup(title: "Safety") var safety: SafetyOptions

    @Flag(help: "Run every cell, and neither use nor fill .bas/cache.")
    var all = false

    @Flag(help: "Run nothing: say which recorded outputs are no longer true.")
    var check = false

    @Argument(help: "Notebooks, and folders of them.", completion: .file(extensions: ["bas"]))
    var files: [String]

    func run() throws {
        let desk = NotebookDesk(options.console(safety), quiet: options.quiet)
        try Bas.finish(check ? desk.check(files) : desk.record(files, all: all))
    }
}

/// `bas test`.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run notebooks and compare what they show with what they record.",
        discussion: """
            Every cell runs. Under the arithmetic kernel that computed a record, text and pictures must be the same; under another one, \
            numbers may differ in their last digits and pictures by 30 dB, and of cells that depend on a training it only counts that they \
            run, since training magnifies differences of rounding. Files without records only have to run. Folders stand for the \
            .bas files in them.

            Exit codes: 0 all as recorded; 1 something differs or fails; 66 no such file.
            """)

    @OptionGroup var options: ConsoleOptions
    @OptionGroup(title: "Safety") var safety: SafetyOptions

    @Flag(help: "Write what came out into the files.")
    var accept = false

    @Argument(help: "Notebooks, and folders of them.", completion: .file(extensions: ["bas"]))
    var files: [String]

    func run() throws {
        try Bas.finish(NotebookDesk(options.console(safety), quiet: options.quiet).test(files, accept: accept))
    }
}
