/// An error thrown where no source text is known: by a builtin, a host value or an operator. The evaluator adds spans and turns it into a
/// `Diagnostic`.
public struct Problem: Error, Sendable {
    /// The kind of the error.
    public var code: ErrorCode
    /// What is wrong, in one sentence without a full stop.
    public var message: String
    /// The name of the parameter whose argument is at fault; nil where no single one is.
    public var argument: String?
    /// The words under the argument or name.
    public var label: String?
    /// The words under an operator's left operand; where nil, its shape or type stands there.
    public var left: String?
    /// The words under an operator's right operand; where nil, its shape or type stands there.
    public var right: String?
    /// Further facts.
    public var notes: [String]
    /// What to do about it.
    public var help: String?
    /// The exit code, where it differs from that of `code`.
    public var exitCode: ExitCode?
    /// The index of the positional argument at fault, where no parameter's name says which it is.
    var position: Int?

    /// Creates a problem.
    public init(
        _ code: ErrorCode, _ message: String, argument: String? = nil, label: String? = nil,
        left: String? = nil,
        right: String? = nil, notes: [String] = [], help: String? = nil, exitCode: ExitCode? = nil
    ) {
        self.code = code
        self.message = message
        self.argument = argument
        self.label = label
        self.left = left
        self.right = right
        self.notes = notes
        self.help = help
        self.exitCode = exitCode
    }
}
