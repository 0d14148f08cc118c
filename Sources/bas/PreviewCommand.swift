import ArgumentParser
import Language
import Preview
import Terminal

/// `bas preview`.
struct PreviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Show a notebook as a live page while you edit it.",
        discussion: """
            A page in the browser shows the notebook's prose, code and outputs. Edit the file in your own editor: when you save it, the cells \
            whose text, values, files or random numbers have changed run in one session that stays, and their outputs appear as they come. \
            Saving while a cell runs that you have changed stops it; one that you have not changed goes on. Stop leaves a training as it is \
            then, and the cells below can use what it has learned.

            The file stays as it is, unless you press Record or give --record. The server listens on this machine only (127.0.0.1), and lets \
            in who has the address that is printed. Ctrl-C ends it.

            Exit codes: 130 after Ctrl-C; 0 where the page ended it; 66 no such file; 73 where the port is taken.
            """)

    @OptionGroup var options: ConsoleOptions
    @OptionGroup(title: "Safety") var safety: SafetyOptions

    @Option(help: "The port; without it, any free one.")
    var port: UInt16 = 0

    @Flag(help: "Do not open the browser.")
    var noOpen = false

    @Flag(help: "Run nothing until it is asked for on the page.")
    var noRun = false

    @Flag(help: "Write what the cells show into the file after each run, as bas notebook does.")
    var record = false

    @Argument(help: "The notebook.", completion: .file(extensions: ["bas"]))
    var file: String

    func run() throws {
        let console = options.console(safety)
        // Nobody at the page would see a question at the terminal: what is refused is an error of the cell.
        console.confine(file: file, asks: false)
        var status: Int32 = 0
        do {
            let analyst = Session(builtins: Host.builtins, options: SessionOptions(standardLibrary: StandardLibrary.here()))
            let preview = try Preview(
                file, console.session, analyst: analyst, options: .init(port: port, runsOnSave: !noRun, records: record))
            Pages.print(preview.address + "\n")
            console.printer.remark("\(file): saving it runs what has changed; Ctrl-C ends the preview")
            if !noOpen, !Browser.open(preview.addressToOpen) { console.printer.remark(Browser.advice(preview.address)) }
            status = console.running { preview.serve() } == .asked ? 0 : ExitCode.interrupted.rawValue
        } catch let problem as Problem {
            console.printer.report(problem)
            status = (problem.exitCode ?? problem.code.exitCode).rawValue
        }
        try Bas.finish(status)
    }
}
