/// The left side of an assignment or a loop; binds a value to its names.
class Target {
    /// Binds the value. Throws a `Failure` where it cannot be unpacked.
    func bind(_ value: Value, _ frame: Frame) throws {}
}

final class IgnoreTarget: Target {}

final class SlotTarget: Target {
    private let slot: Int

    init(_ slot: Int) { self.slot = slot }

    override func bind(_ value: Value, _ frame: Frame) throws { frame[slot] = value }
}

final class BoxTarget: Target {
    private let index: Int
    /// Whether each binding makes a new variable, as every iteration of a loop does.
    private let fresh: Bool

    init(_ index: Int, fresh: Bool) {
        self.index = index
        self.fresh = fresh
    }

    override func bind(_ value: Value, _ frame: Frame) throws {
        if fresh { frame.renew(index, value) } else { frame.box(index).bind(value) }
    }
}

final class GlobalTarget: Target {
    private let box: Box

    init(_ box: Box) { self.box = box }

    override func bind(_ value: Value, _ frame: Frame) throws { box.bind(value) }
}

/// `a, b = …`, with at most one `..rest`.
final class ListTarget: Target {
    private let parts: [Target]
    private let rest: Int?
    private let span: Span

    init(_ parts: [Target], rest: Int?, span: Span) {
        self.parts = parts
        self.rest = rest
        self.span = span
    }

    override func bind(_ value: Value, _ frame: Frame) throws {
        guard let items = try items(value, frame) else {
            throw mismatch("\(value.describedType) cannot be unpacked into \(namesText)", value)
        }
        let wanted = rest == nil ? parts.count : parts.count - 1
        guard rest == nil ? items.count == wanted : items.count >= wanted else {
            let least = rest == nil ? "" : "at least "
            throw mismatch(
                "\(countText(items.count, "value")) for \(least)\(countText(wanted, "name"))", value)
        }
        guard let rest else {
            for (part, item) in zip(parts, items) { try part.bind(item, frame) }
            return
        }
        let tail = parts.count - rest - 1
        for place in 0..<rest { try parts[place].bind(items[place], frame) }
        try parts[rest].bind(.list(Array(items[rest..<(items.count - tail)])), frame)
        for place in 0..<tail { try parts[rest + 1 + place].bind(items[items.count - tail + place], frame) }
    }

    private func items(_ value: Value, _ frame: Frame) throws -> [Value]? {
        do {
            return try value.elements
        } catch {
            throw asFailure(error, at: span)
        }
    }

    private var namesText: String { countText(parts.count, "name") }

    private func mismatch(_ message: String, _ value: Value) -> Failure {
        var help: String?
        if case .record = value {
            help = "fields are unpacked by name: {a, b} = record; items(record) gives [key, value] pairs"
        } else if (try? value.elements)?.count ?? 0 > parts.count {
            help = "a, .._ = … leaves the rest out"
        }
        return Failure(
            Diagnostic(
                code: .unpackMismatch, message: message, labels: [.init(span: span, primary: true)],
                help: help))
    }
}

/// `{lr, steps: n, ..others} = …`: the fields of a record or of a host value.
final class RecordTarget: Target {
    private let fields: [(key: String?, at: Span, target: Target)]
    private let span: Span

    init(_ fields: [(String?, Span, Target)], span: Span) {
        self.fields = fields
        self.span = span
    }

    override func bind(_ value: Value, _ frame: Frame) throws {
        var left = Record()
        if case .record(let record) = value { left = record }
        for (key, at, target) in fields {
            guard let key else {
                guard case .record = value else { throw mismatch("the other fields of \(value.describedType) have no record") }
                try target.bind(.record(left), frame)
                continue
            }
            try target.bind(try field(key, of: value, at), frame)
            left[key] = nil
        }
    }

    private func field(_ key: String, of value: Value, _ at: Span) throws -> Value {
        switch value {
        case .record(let record):
            if let field = record[key] { return field }
        case .host(let host):
            do {
                if let field = try host.field(key) { return field }
            } catch {
                throw asFailure(error, at: at)
            }
        default: throw mismatch("\(value.describedType) has no fields to unpack")
        }
        let suggestion = nearestLabel(key, among: value.fieldNames)
        var notes: [String] = []
        if suggestion.isEmpty, !value.fieldNames.isEmpty { notes.append("it has \(listed(value.fieldNames))") }
        throw Failure(
            Diagnostic(
                code: .unknownField, message: "\(value.describedType) has no field \(quoted(key))",
                labels: [.init(span: at, text: suggestion, primary: true)], notes: notes))
    }

    private func mismatch(_ message: String) -> Failure {
        Failure(Diagnostic(code: .unpackMismatch, message: message, labels: [.init(span: span, primary: true)]))
    }
}
