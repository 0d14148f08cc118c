/// A diagnostic on its way up through the evaluator.
struct Failure: Error {
    var diagnostic: Diagnostic
    /// What else is wrong with a file that cannot be read.
    var further: [Diagnostic] = []

    /// Recursion leaves thousands of calls; a reader needs the ends.
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

    /// Notes that the error passed through a call of a function of the user's.
    mutating func addTrace(_ function: String, _ span: Span?) {
        guard let span, diagnostic.trace.count < Failure.longestTrace else { return }
        diagnostic.trace.append(.init(function: function, span: span))
    }

    /// Whether `try` may catch it: a stop that a person or a limit asked for goes through.
    var isRecoverable: Bool {
        diagnostic.code != .interrupted && diagnostic.code != .tooManySteps
    }
}

/// Any other error of a host as a failure: hosts throw `Problem`s, so this is our mistake, named.
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
