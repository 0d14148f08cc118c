/// A diagnostic thrown through the evaluator.
struct Failure: Error {
    var diagnostic: Diagnostic
    /// Further syntax errors of an imported file that cannot be parsed.
    var further: [Diagnostic] = []

    /// The most calls that a trace keeps; deep recursion would leave thousands.
    private static let longestTrace = 64

    init(_ diagnostic: Diagnostic) {
        self.diagnostic = diagnostic
    }

    init(_ problem: Problem, at span: Span?, label: String) {
        self.init(
            problem, labels: span.map { [Diagnostic.Label(span: $0, text: label, primary: true)] } ?? [])
    }

    init(_ problem: Problem, labels: [Diagnostic.Label]) {
        diagnostic = Diagnostic(
            code: problem.code, message: problem.message, labels: labels, notes: problem.notes,
            help: problem.help,
            exitCode: problem.exitCode)
    }

    /// Notes that the error passed through a call of a user's function. Does nothing once the trace is full.
    mutating func addTrace(_ function: String, _ span: Span?) {
        guard let span, diagnostic.trace.count < Failure.longestTrace else { return }
        diagnostic.trace.append(.init(function: function, span: span))
    }

    /// Whether `try` may catch the error. A stop on request, or by the limit on steps, cannot be caught.
    var isRecoverable: Bool {
        diagnostic.code != .interrupted && diagnostic.code != .tooManySteps
    }
}

/// Returns any error as a failure. Hosts throw `Problem`s; another error is a defect of ours, reported as `.internal`.
func asFailure(_ error: any Error, at span: Span?) -> Failure {
    switch error {
    case let failure as Failure: failure
    case let problem as Problem: Failure(problem, at: span, label: problem.label ?? "")
    default:
        Failure(
            Problem(
                .internal,
                "an error without a message of its own: \(escapedControls(String(describing: error)))"),
            at: span, label: "")
    }
}
