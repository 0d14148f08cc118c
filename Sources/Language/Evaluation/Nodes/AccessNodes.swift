/// Indexing, `x[…]`.
final class IndexNode: Node {
    enum Part {
        case at(Node)
        case slice(Node?, Node?, Node?)
        case ellipsis

        var span: Span? {
            switch self {
            case .at(let node): node.span
            case .slice(let start, let end, let step): (start ?? end ?? step)?.span
            case .ellipsis: nil
            }
        }
    }

    private let base: Node
    private let parts: [Part]
    private let optional: Bool

    init(_ base: Node, _ parts: [Part], optional: Bool = false, span: Span) {
        self.base = base
        self.parts = parts
        self.optional = optional
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        let value = try base.evaluate(frame)
        if parts.count == 1, case .at(let node) = parts[0] { return try single(value, node, frame) }
        let subscripts = try parts.map { try part($0, frame) }
        do {
            return try Indexing.apply(subscripts, to: value)
        } catch {
            throw located(error, value)
        }
    }

    /// Evaluates an index with one entry; an item of a list, the common case, takes the shortest way.
    private func single(_ value: Value, _ node: Node, _ frame: Frame) throws -> Value {
        let index = try node.evaluate(frame)
        if case .list(let items) = value, case .int(let place) = index {
            if place >= 0, place < items.count { return items[place] }
            if place < 0, place >= -items.count { return items[items.count + place] }
        }
        if optional {
            if value.isNone { return .none }
            if case .record(let record) = value, case .string(let key) = index { return record[key] ?? .none }
        }
        do {
            return try Indexing.apply([.at(index)], to: value)
        } catch {
            throw located(error, value)
        }
    }

    private func part(_ part: Part, _ frame: Frame) throws -> Subscript {
        switch part {
        case .ellipsis: return .ellipsis
        case .at(let node): return .at(try node.evaluate(frame))
        case .slice(let start, let end, let step):
            return .slice(start: try int(start, frame), end: try int(end, frame), step: try int(step, frame))
        }
    }

    /// Returns the int of a slice's end, or nil where it is left out or none.
    private func int(_ node: Node?, _ frame: Frame) throws -> Int? {
        guard let node else { return nil }
        switch try node.evaluate(frame) {
        case .int(let value): return value
        case .none: return nil
        case let other:
            throw node.failure(
                .badIndex, "a slice goes from an int to an int", label: "this is \(other.describedType)")
        }
    }

    /// Returns a problem as a failure with labels at the base, showing its shape or size, and at the first entry of the index.
    private func located(_ error: any Error, _ value: Value) -> Failure {
        // After a stop no label is made: counting the characters of a long text would delay it.
        guard let problem = error as? Problem, problem.code != .interrupted else { return asFailure(error, at: span) }
        var labels: [Diagnostic.Label] = []
        if let span = base.span { labels.append(.init(span: span, text: value.shapeText ?? value.sizeText)) }
        if let span = parts.first?.span {
            labels.append(.init(span: span, text: problem.label ?? "", primary: true))
        }
        return Failure(problem, labels: labels)
    }
}

/// Reading a field, `x.name`.
final class FieldNode: Node {
    private let base: Node
    private let name: String
    private let at: Span
    /// Whether the access stands on the left of `??`, where a missing field is none.
    private let optional: Bool

    init(_ base: Node, _ name: String, at: Span, optional: Bool, span: Span) {
        self.base = base
        self.name = name
        self.at = at
        self.optional = optional
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        let value = try base.evaluate(frame)
        switch value {
        case .record(let record):
            if let field = record[name] { return field }
        case .host(let host):
            do {
                if let field = try host.field(name) { return field }
            } catch {
                throw asFailure(error, at: at)
            }
        case .range(let range):
            if name == "start" { return .int(range.start) }
            if name == "end" { return .int(range.end) }
        case .none where optional:
            return .none
        default: break
        }
        if optional { return .none }
        throw missing(value, frame.machine.context)
    }

    private func missing(_ value: Value, _ context: Context) -> Failure {
        let names = value.fieldNames
        let text = base.span?.text ?? "x"
        let owner = value.isNone ? "none" : value.describedType
        var help: String?
        if value.isNone {
            help = "x.\(name) ?? y gives y where x is none"
        } else {
            help = context.builtins[name].flatMap { $0.parameters.first?.type.accept(value) == nil ? nil : $0.fieldHint(text) }
        }
        let suggestion = nearestLabel(name, among: names)
        var notes: [String] = []
        if suggestion.isEmpty, !names.isEmpty { notes.append("it has \(listed(names))") }
        return Failure(
            Diagnostic(
                code: .unknownField, message: "\(owner) has no field \(quoted(name))",
                labels: [.init(span: at, text: suggestion, primary: true)], notes: notes, help: help))
    }
}

/// Returns the names as "a, b and 12 more".
func listed(_ names: [String], limit: Int = 10) -> String {
    guard names.count > limit else { return names.joined(separator: ", ") }
    return names.prefix(limit).joined(separator: ", ") + " and \(names.count - limit) more"
}
