/// An error raised where no source text is known: by a builtin, a host value, an operator. The evaluator
/// gives it spans and turns it into a `Diagnostic`.
public struct Problem: Error, Sendable {
    public var code: ErrorCode
    public var message: String
    /// The parameter at fault: its argument is underlined.
    public var argument: String?
    /// The words under the underlined argument or name.
    public var label: String?
    /// Words under the operands of an operator; where nil, their shapes stand there.
    public var left: String?
    public var right: String?
    public var notes: [String]
    public var help: String?
    public var exitCode: ExitCode?
    /// The argument at fault by its place in the call, where no parameter's name says it.
    var position: Int?

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
