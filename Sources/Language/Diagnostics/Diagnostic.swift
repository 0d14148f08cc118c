/// An error or a warning as data: what is wrong, where, and what to do. Renderers turn it into text or JSON.
public struct Diagnostic: Sendable {
    /// How serious a diagnostic is.
    public enum Severity: String, Sendable {
        case error, warning, note
    }

    /// A place in the program with words about it.
    public struct Label: Sendable {
        /// The place.
        public var span: Span
        /// The words under the place; may be empty.
        public var text: String
        /// Whether this label gives the diagnostic's location; the others explain.
        public var primary: Bool

        /// Creates a label.
        public init(span: Span, text: String = "", primary: Bool = false) {
            self.span = span
            self.text = text
            self.primary = primary
        }
    }

    /// A call through which the error passed.
    public struct TraceEntry: Sendable {
        /// The name of the function that was called.
        public var function: String
        /// The place of the call.
        public var span: Span
    }

    /// The kind of the error or warning.
    public var code: ErrorCode
    /// How serious it is.
    public var severity: Severity
    /// What is wrong, in one sentence without a full stop.
    public var message: String
    /// The places in the program that it is about; empty where there are none.
    public var labels: [Label]
    /// Further facts.
    public var notes: [String]
    /// What to do about it; nil where nothing can be advised.
    public var help: String?
    /// The calls of user's functions and imports through which the error passed, innermost first.
    public var trace: [TraceEntry]
    /// The exit code of a process that ends with this error.
    public var exitCode: ExitCode

    /// Creates a diagnostic. Without `exitCode` it has that of its code.
    public init(
        code: ErrorCode, severity: Severity = .error, message: String, labels: [Label] = [],
        notes: [String] = [],
        help: String? = nil, trace: [TraceEntry] = [], exitCode: ExitCode? = nil
    ) {
        self.code = code
        self.severity = severity
        self.message = message
        self.labels = labels
        self.notes = notes
        self.help = help
        self.trace = trace
        self.exitCode = exitCode ?? code.exitCode
    }

    /// The place of the primary label, else of the first; nil where there are none.
    public var span: Span? {
        (labels.first(where: \.primary) ?? labels.first)?.span
    }
}

/// The exit codes of sysexits.h that the language uses, and 130 after an interrupt, as shells report it.
public enum ExitCode: Int32, Sendable {
    case ok = 0
    /// The command line is wrong.
    case usage = 64
    /// The program, or the data that it works on, is wrong.
    case data = 65
    /// An input file does not exist.
    case noInput = 66
    /// A defect of the language or its host.
    case `internal` = 70
    /// An output file cannot be created.
    case cannotCreate = 73
    /// Reading or writing failed.
    case inputOutput = 74
    /// The file system does not allow the operation.
    case noPermission = 77
    /// A requested stop ended the run.
    case interrupted = 130
}
