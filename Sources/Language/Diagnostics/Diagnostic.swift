/// An error or a warning as data: what, where, and what to do. Renderers turn it into text or JSON.
public struct Diagnostic: Sendable {
    public enum Severity: String, Sendable {
        case error, warning, note
    }

    public struct Label: Sendable {
        public var span: Span
        public var text: String
        /// The primary label gives the location; the others explain.
        public var primary: Bool

        public init(span: Span, text: String = "", primary: Bool = false) {
            self.span = span
            self.text = text
            self.primary = primary
        }
    }

    /// A call on the way to the error, innermost first.
    public struct TraceEntry: Sendable {
        public var function: String
        public var span: Span
    }

    public var code: ErrorCode
    public var severity: Severity
    public var message: String
    public var labels: [Label]
    public var notes: [String]
    public var help: String?
    public var trace: [TraceEntry]
    public var exitCode: ExitCode

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

    /// Where it happened: the primary label, or the first.
    public var span: Span? {
        (labels.first(where: \.primary) ?? labels.first)?.span
    }
}

/// Exit codes of sysexits.h that the language uses; 130 after an interrupt as shells give it.
public enum ExitCode: Int32, Sendable {
    case ok = 0
    case usage = 64
    case data = 65
    case noInput = 66
    case `internal` = 70
    case cannotCreate = 73
    case inputOutput = 74
    case noPermission = 77
    case interrupted = 130
}
