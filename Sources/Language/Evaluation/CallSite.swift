/// The places of a call in the program, for messages.
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

    /// A call that a host makes.
    init(span: Span?) {
        self.span = span
        nameSpan = span
        arguments = []
    }

    /// The argument of a parameter: by its label, else by its place.
    func span(of argument: String?, among parameters: [String]) -> Span? {
        guard let argument else { return nameSpan }
        if let labelled = arguments.first(where: { $0.label == argument }) { return labelled.span }
        if let place = parameters.firstIndex(of: argument) { return span(at: place) }
        return nameSpan
    }

    /// The positional argument at a place, while no spread before it hides the count.
    private func span(at place: Int) -> Span? {
        let leading = arguments.prefix { $0.label == nil && !$0.spread }
        if place < leading.count { return leading[place].span }
        return arguments.first(where: \.spread)?.span ?? nameSpan
    }

    /// The problem as a failure at this call.
    func failure(_ problem: Problem, parameters: [String]) -> Failure {
        var place = span(of: problem.argument, among: parameters)
        if let position = problem.position { place = span(at: position) }
        if problem.code == .unknownParameter || problem.code == .duplicateArgument {
            // The last of two equal labels is the one too many.
            let label = arguments.last { $0.label == problem.argument }
            place = label?.labelSpan ?? arguments.first(where: \.spread)?.span ?? place
        }
        return Failure(problem, at: place, label: problem.label ?? "")
    }
}

/// A builtin's call while it runs.
struct ActiveSite {
    var site: CallSite
    var builtin: Builtin

    func span(of argument: String?) -> Span? {
        site.span(of: argument, among: builtin.parameters.map(\.name))
    }
}
