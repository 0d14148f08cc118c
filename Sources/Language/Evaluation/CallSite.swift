/// The places of a call and of its arguments in the program, for diagnostics.
final class CallSite {
    struct Argument {
        var label: String?
        var labelSpan: Span?
        var span: Span
        var spread: Bool
    }

    let span: Span?
    let nameSpan: Span?
    let arguments: [Argument]

    init(_ call: CallSyntax, _ span: Span) {
        self.span = span
        nameSpan = call.callee.span
        arguments = call.arguments.map {
            Argument(label: $0.label, labelSpan: $0.labelSpan, span: $0.value.span, spread: $0.spread)
        }
    }

    /// Creates the site of a call that the host makes.
    init(span: Span?) {
        self.span = span
        nameSpan = span
        arguments = []
    }

    /// Returns the place of a parameter's argument, found by its label, else by its position; the callee's place where neither gives one.
    func span(of argument: String?, among parameters: [String]) -> Span? {
        guard let argument else { return nameSpan }
        if let labelled = arguments.first(where: { $0.label == argument }) { return labelled.span }
        if let place = parameters.firstIndex(of: argument) { return span(at: place) }
        return nameSpan
    }

    /// Returns the place of the positional argument at an index. Where a spread before it hides which one that is, returns the spread's
    /// place.
    private func span(at place: Int) -> Span? {
        let leading = arguments.prefix { $0.label == nil && !$0.spread }
        if place < leading.count { return leading[place].span }
        return arguments.first(where: \.spread)?.span ?? nameSpan
    }

    /// Returns the problem as a failure, at the argument that it is about.
    func failure(_ problem: Problem, parameters: [String]) -> Failure {
        var place = span(of: problem.argument, among: parameters)
        if let position = problem.position { place = span(at: position) }
        if problem.code == .unknownParameter || problem.code == .duplicateArgument {
            // Where a label is given twice, the last one is at fault.
            let label = arguments.last { $0.label == problem.argument }
            place = label?.labelSpan ?? arguments.first(where: \.spread)?.span ?? place
        }
        return Failure(problem, at: place, label: problem.label ?? "")
    }
}

/// The call of a builtin that is running.
struct ActiveSite {
    var site: CallSite
    var builtin: Builtin

    /// Returns the place of a parameter's argument, or the callee's place.
    func span(of argument: String?) -> Span? {
        site.span(of: argument, among: builtin.parameters.map(\.name))
    }
}
