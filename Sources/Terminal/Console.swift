import Glibc
import Language
import Notebook

/// A session with everything around it that a person at a terminal or a shell script needs: streams, signals and files.
public final class Console {
    /// The options that the command line gives.
    public struct Options: Sendable {
        /// Whether output is coloured.
        public var color: ColorChoice
        /// The form of diagnostics.
        public var errorFormat: ErrorFormat
        /// Whether the banner and progress are left out.
        public var quiet: Bool
        /// What programs may do.
        public var safety: Safety

        /// Creates options.
        public init(
            color: ColorChoice = .auto, errorFormat: ErrorFormat = .text, quiet: Bool = false, safety: Safety = Safety()
        ) {
            self.color = color
            self.errorFormat = errorFormat
            self.quiet = quiet
            self.safety = safety
        }
    }

    /// The session that runs everything.
    public let session: Session
    /// The printer of the session's events.
    public let printer: EventPrinter
    /// The options that it was made with.
    public let options: Options

    /// Creates a console on this process's standard streams, and starts to handle its signals.
    public init(builtins: [Builtin], options: Options = Options()) {
        self.options = options
        let traits = ScreenTraits.current(color: options.color)
        let output = FileSink(STDOUT_FILENO)
        let printer = EventPrinter(
            output: output, errors: FileSink(STDERR_FILENO), traits: traits,
            canvas: { .current(traits) }, errorFormat: options.errorFormat, quiet: options.quiet)
        self.printer = printer
        var settings = SessionOptions(limits: options.safety.limits, standardLibrary: StandardLibrary.here())
        settings.checksFirst = true
        settings.display = { DisplayContext(width: traits.width(), unicode: traits.unicode) }
        session = Session(builtins: builtins, options: settings) { printer.handle($0) }
        SignalWatcher.shared.start { output.flushIfIdle() }
        if let complaint = Graphics.complaint(environment: Surroundings.allVariables) { printer.handle(.diagnostic(complaint)) }
    }

    /// Runs a script with `args` set to its arguments. Returns the exit code.
    public func run(file: String, arguments: [String]) -> Int32 {
        set(arguments)
        confine(file: file)
        return ending { session.run(path: file) }
    }

    /// Runs the program on standard input. Returns the exit code.
    public func runStandardInput(arguments: [String]) -> Int32 {
        set(arguments)
        confine()
        return printer.answering {
            let text = try StandardInput.read()
            return ending { session.run(source: text, file: "<stdin>") }
        }
    }

    /// Runs pieces of code in order until one fails. Returns the exit code.
    public func run(code: [String], arguments: [String]) -> Int32 {
        set(arguments)
        confine()
        for (place, piece) in code.enumerated() {
            let name = code.count == 1 ? "-e" : "-e \(place + 1)"
            let status = ending { session.run(source: piece, file: name) }
            if status != 0 { return status }
        }
        return 0
    }

    /// Runs the prompt until the person leaves. Returns the exit code.
    public func prompt(banner: String, runsInit: Bool) -> Int32 {
        confine()
        let banner =
            session.context.confinement == nil ? banner : banner + "\nConfined: ?\(ErrorCode.notPermitted.rawValue) says to which files."
        Prompt(session: session, printer: printer, banner: options.quiet ? nil : banner, runsInit: runsInit)
            .run()
        return 0
    }

    /// Runs the cells of a notebook, those that are unchanged from its cache, then the prompt with its names. Returns the exit code.
    public func prompt(notebook path: String, arguments: [String], banner: String, runsInit: Bool) -> Int32 {
        set(arguments)
        confine(file: path)
        return printer.answering {
            let file = try NotebookFile(path: path)
            let prompt = Prompt(session: session, printer: printer, banner: options.quiet ? nil : banner, runsInit: runsInit)
            prompt.begins = { try $0.open(file) }
            prompt.run()
            return 0
        }
    }

    /// Replays, lists, prints or forgets sessions that did not end in good order. `number` picks a session, the newest where it is empty.
    /// Replaying opens the prompt. Returns the exit code.
    public func recover(_ action: Recovery.Action, number: String, banner: String, runsInit: Bool) -> Int32 {
        let sessions = Recovery.sessions()
        confine()
        do {
            switch action {
            case .list: Page.show(printable(Recovery.list(sessions)))
            case .print: Page.show(printable(try Recovery.find(number, among: sessions).script))
            case .forget: Page.show(try Recovery.forget(number, among: sessions))
            case .replay:
                let lost = try Recovery.find(number, among: sessions)
                Prompt(
                    session: session, printer: printer, banner: options.quiet ? nil : banner, runsInit: runsInit,
                    lost: lost
                ).run()
            }
            return 0
        } catch let problem as Problem {
            printer.report(problem)
            return (problem.exitCode ?? problem.code.exitCode).rawValue
        } catch {
            printer.report(Problem(.internal, "\(error)"))
            return ExitCode.internal.rawValue
        }
    }

    /// Runs work that runs the session: signals meanwhile ask the session to stop.
    public func running<Result>(_ work: () throws -> Result) rethrows -> Result {
        try SignalWatcher.shared.whileRunning(session.interrupt, work)
    }

    private func set(_ arguments: [String]) {
        session[global: "args"] = .list(arguments.map { .string($0) })
    }

    /// Returns the exit code of a run. A run that went well fails where a picture could not be shown.
    private func ending(_ run: () -> Outcome) -> Int32 {
        let outcome = SignalWatcher.shared.whileRunning(session.interrupt, run)
        let code = outcome.exitCode == .ok ? printer.failure ?? .ok : outcome.exitCode
        return code.rawValue
    }
}
