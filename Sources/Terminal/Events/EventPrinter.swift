import Language
import Synchronization

/// Prints a session's events: text, results and pictures on standard output, progress and diagnostics on standard error. Everything that
/// comes from files or people is made printable first.
public final class EventPrinter: Sendable {
    private struct State {
        var progress: ProgressView
        /// The text before results at a prompt: "Out[3]:".
        var label: String?
        var muted = false
        /// Whether the cursor stands within a line of standard output.
        var midLine = false
        var failure: ExitCode?
        var canvas: TerminalPictures??
    }

    /// What the output streams can show.
    public let traits: ScreenTraits
    private let output: any TextSink
    private let errors: any TextSink
    private let pictures: any PictureShower
    /// Returns what draws pictures in the terminal, above the line that names their file. Called for the first picture.
    private let canvas: @Sendable () -> TerminalPictures?
    private let errorFormat: ErrorFormat
    private let quiet: Bool
    private let clock: @Sendable () -> Double
    private let state: Mutex<State>

    /// Creates a printer. `quiet` leaves out progress; `clock` returns seconds.
    public init(
        output: any TextSink, errors: any TextSink, traits: ScreenTraits,
        pictures: any PictureShower = PictureFolder(),
        canvas: @escaping @Sendable () -> TerminalPictures? = { nil }, errorFormat: ErrorFormat = .text, quiet: Bool = false,
        clock: (@Sendable () -> Double)? = nil
    ) {
        self.output = output
        self.errors = errors
        self.traits = traits
        self.pictures = pictures
        self.canvas = canvas
        self.errorFormat = errorFormat
        self.quiet = quiet
        self.clock = clock ?? { Surroundings.monotonicSeconds() }
        state = Mutex(State(progress: ProgressView(traits: traits, sink: errors)))
    }

    /// The exit code of the first picture that could not be shown; nil where all could.
    public var failure: ExitCode? { state.withLock(\.failure) }

    /// Sets the text before results ("Out[3]:"); nil prints them bare.
    func setLabel(_ label: String?) { state.withLock { $0.label = label } }

    /// Sets whether only diagnostics are printed.
    func setMuted(_ muted: Bool) { state.withLock { $0.muted = muted } }

    /// Prints an event. May be called from any thread.
    public func handle(_ event: Event) {
        state.withLock { state in
            switch event {
            case .started: break
            case .stream(let text): stream(text, &state)
            case .progress(let progress): show(progress, &state)
            case .display(let display): show(display, label: nil, &state)
            case .result(_, let display): show(display, label: state.label, &state)
            case .diagnostic(let diagnostic): show(diagnostic, &state)
            case .finished: finish(&state)
            }
        }
    }

    /// Prints a line of the prompt's own.
    func say(_ text: String) {
        state.withLock { line(printable(text), &$0) }
    }

    /// Writes out what is still held.
    func flush() { output.flush() }

    /// Prints a heading of the prompt's own.
    func head(_ text: String, _ remark: String = "") {
        state.withLock { line(paint(printable(text), "1") + (remark.isEmpty ? "" : paint(printable(remark), "2")), &$0) }
    }

    /// Prints lines that are made printable already.
    func raw(_ lines: [String]) {
        state.withLock { state in for text in lines { line(text, &state) } }
    }

    /// Prints an input that no person typed, as it would look at the prompt.
    func echo(_ text: String) {
        state.withLock { line(paint(printable(text), "2"), &$0) }
    }

    /// Prints a line about the diagnostics on standard error.
    public func remark(_ text: String) {
        state.withLock { state in
            if state.midLine { endLine(&state) }
            output.flush()
            errors.write(printable(text) + "\n")
            errors.flush()
        }
    }

    /// Prints help or a list, in the pager where it is longer than the screen.
    func page(_ text: String) {
        let text = printable(text)
        output.flush()
        if !Pager.show(text, traits: traits) { say(text) }
    }

    /// Prints a problem that no run has raised.
    public func report(_ problem: Problem) {
        let diagnostic = Diagnostic(
            code: problem.code, message: problem.message, notes: problem.notes, help: problem.help,
            exitCode: problem.exitCode)
        handle(.diagnostic(diagnostic))
        handle(.finished(.error, seconds: 0))
    }

    // MARK: parts

    private func stream(_ text: String, _ state: inout State) {
        guard !state.muted, !text.isEmpty else { return }
        state.progress.clear()
        // A file or another program gets the text as it is; for a terminal, control characters in it are made visible.
        output.write(traits.outputIsTerminal ? printable(text) : text)
        state.midLine = !text.hasSuffix("\n")
    }

    private func show(_ progress: Progress, _ state: inout State) {
        guard !state.muted, !quiet, errorFormat == .text || traits.errorsAreTerminal else { return }
        if state.midLine, traits.outputIsTerminal, traits.errorsAreTerminal { endLine(&state) }
        output.flush()
        state.progress.update(progress, at: clock())
    }

    private func show(_ display: Display, label: String?, _ state: inout State) {
        guard !state.muted else { return }
        let plain = shown(display.plain)
        // A text that repeats the picture's caption is left out.
        let isSaid = display.image.map { label == nil && (display.plain == $0.alt || plain.isEmpty) } ?? false
        if let label {
            // A value of several lines starts under its label.
            let gap = plain.isEmpty ? "" : plain.contains("\n") ? "\n" : " "
            line(paint(label, "31") + gap + plain, &state)
        } else if !isSaid {
            line(plain, &state)
        }
        guard var image = display.image else { return }
        if !isSaid, display.plain.hasPrefix(image.alt) { image.alt = "" }
        show(image, pictures, &state)
    }

    /// Prints a picture that a file holds already.
    func show(_ image: DisplayImage, storedAt path: String) {
        state.withLock { show(image, StoredPicture(path: path), &$0) }
    }

    /// Prints the picture itself where the terminal can show it, and a line with its words and its file.
    private func show(_ image: DisplayImage, _ pictures: any PictureShower, _ state: inout State) {
        let canvas = state.canvas ?? self.canvas()
        state.canvas = .some(canvas)
        if let drawing = canvas?.drawing(of: image) { draw(drawing, &state) }
        do {
            line(shown(try pictures.show(image)), &state)
        } catch let problem as Problem {
            show(Diagnostic(code: problem.code, message: problem.message, help: problem.help), &state)
            if state.failure == nil { state.failure = problem.exitCode ?? problem.code.exitCode }
        } catch {
            show(Diagnostic(code: .cannotWrite, message: "the picture cannot be shown: \(error)"), &state)
            if state.failure == nil { state.failure = ErrorCode.cannotWrite.exitCode }
        }
    }

    private func draw(_ drawing: TerminalPictures.Drawing, _ state: inout State) {
        if !drawing.room.isEmpty {
            state.progress.clear()
            if state.midLine { endLine(&state) }
            output.write(drawing.room)
            output.flush()
            Surroundings.pause(TerminalPictures.moment)
        }
        line(drawing.text, &state)
    }

    private func show(_ diagnostic: Diagnostic, _ state: inout State) {
        // A run goes on after a warning; an error ends it, and the progress bars stay as they were.
        if diagnostic.severity == .error { state.progress.end(at: clock()) } else { state.progress.clear() }
        if state.midLine { endLine(&state) }
        output.flush()
        errors.write(render(diagnostic) + "\n")
        errors.flush()
    }

    private func render(_ diagnostic: Diagnostic) -> String {
        if errorFormat == .json { return diagnostic.json() }
        guard traits.errorsAreTerminal, traits.unicode else { return diagnostic.plain(color: traits.color) }
        return diagnostic.fancy(color: traits.color, width: traits.width())
    }

    private func finish(_ state: inout State) {
        state.progress.end(at: clock())
        if state.midLine, traits.outputIsTerminal { endLine(&state) }
        output.flush()
        errors.flush()
    }

    private func line(_ text: String, _ state: inout State) {
        state.progress.clear()
        if state.midLine { endLine(&state) }
        output.write(text + "\n")
    }

    private func endLine(_ state: inout State) {
        output.write("\n")
        state.midLine = false
    }

    /// Returns the text without control sequences, and in ASCII where the terminal shows no more.
    private func shown(_ text: String) -> String { traits.unicode ? printable(text) : asciiText(printable(text)) }

    private func paint(_ text: String, _ code: String) -> String {
        traits.color ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
