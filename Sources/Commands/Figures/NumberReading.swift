import Figures
import Language
import Tensors

/// Reads a program's values as the numbers that figures take.
struct NumberReading {
    let call: Call

    /// A named row of numbers.
    struct Row {
        var name: String
        var values: [Double]
    }

    /// Returns a value as one number, NaN for none, or nil where it is no number.
    static func number(_ value: Value) -> Double? {
        if value.isNone { return .nan }
        return value.number
            ?? value.host(as: TensorReadable.self).flatMap { $0.variable.value.count == 1 ? Double($0.variable.value.values[0]) : nil }
    }

    /// Returns a list of numbers or a tensor [N], or nil for anything else.
    static func numbers(_ value: Value) throws -> [Double]? {
        if let tensor = value.host(as: TensorReadable.self)?.variable.value {
            return tensor.rank == 1 ? tensor.values.map(Double.init) : nil
        }
        guard value.host(as: (any HostValue).self) == nil, let items = try value.elements else { return nil }
        let numbers = items.compactMap(number)
        return numbers.count == items.count ? numbers : nil
    }

    /// Returns one row (a list of numbers, a tensor [N]), several (a list of those, a tensor [rows, N]), or a record of them. Throws a
    /// `Problem` for anything else.
    func rows(_ value: Value, _ argument: String) throws -> [Row] {
        if case .record(let record) = value { return try record.pairs.map { Row(name: $0, values: try row($1, argument, "field \($0)")) } }
        if let tensor = value.host(as: TensorReadable.self)?.variable.value { return try rows(tensor, argument) }
        guard let items = try value.elements, !items.isEmpty else {
            throw Problem(.badArgument, "\(call.builtin.name): there is nothing to draw", argument: argument, label: "this is empty")
        }
        if let numbers = try Self.numbers(value) { return [Row(name: "", values: numbers)] }
        return try items.enumerated().map { Row(name: "", values: try row($1, argument, "item \($0)")) }
    }

    private func rows(_ tensor: Tensor, _ argument: String) throws -> [Row] {
        guard tensor.rank == 1 || tensor.rank == 2, tensor.count > 0 else {
            throw Problem(
                .shapeMismatch, "\(call.builtin.name) takes a tensor [N] or [series, N]", argument: argument,
                label: "this is \(Shape.text(tensor.shape))",
                help: tensor.rank > 2 ? "pick or average the other axes: mean(x, axis=0)" : nil)
        }
        if tensor.rank == 1 { return [Row(name: "", values: tensor.values.map(Double.init))] }
        return (0..<tensor.shape[0]).map { Row(name: "", values: tensor.row($0).values.map(Double.init)) }
    }

    private func row(_ value: Value, _ argument: String, _ place: String) throws -> [Double] {
        if let numbers = try Self.numbers(value) { return numbers }
        if let number = Self.number(value) { return [number] }
        throw Problem(
            .wrongType, "\(call.builtin.name) wants numbers", argument: argument, label: "\(place) is \(value.describedType)",
            help: "a curve is a list of numbers or a tensor [N]")
    }

    /// Throws where an argument has another number of values than a row.
    func check(_ count: Int, of argument: String, fits wanted: Int, _ what: String) throws {
        guard count == wanted else {
            throw Problem(
                .badArgument, "\(call.builtin.name): \(argument) and \(what) have different lengths", argument: argument,
                label: "\(argument) has \(count), \(what) \(wanted)")
        }
    }

    /// Returns the half lengths of error bars, one list for each series, or nil where none are given. Throws where they do not fit.
    func errors(_ key: Key<Value?>, for series: [[Double]]) throws -> [[Double]]? {
        guard let value = try call[key] else { return nil }
        let rows = try rows(value, key.name).map(\.values)
        guard rows.count == series.count else {
            throw Problem(
                .badArgument, "\(call.builtin.name): \(key.name) is for \(rows.count) series of \(series.count)", argument: key.name)
        }
        for (row, values) in zip(rows, series) { try check(row.count, of: key.name, fits: values.count, "the values") }
        if rows.joined().contains(where: { $0 < 0 }) {
            throw Problem(.outOfRange, "\(call.builtin.name): error bars have lengths of at least 0", argument: key.name)
        }
        return rows
    }

    static func bar(_ length: Double?) -> Series.ErrorBar? {
        length.flatMap { $0.isFinite ? Series.ErrorBar($0, $0) : nil }
    }
}

extension Call {
    /// Returns the name of the first parameter whose argument is not none; nil where all were left out.
    func firstGiven<each Argument>(_ keys: repeat Key<each Argument>) throws -> String? {
        for key in repeat each keys {
            if try !value(key).isNone { return key.name }
        }
        return nil
    }
}

/// Places along an x axis: numbers, or names at 0, 1, 2, …
struct AxisPlaces {
    let numbers: [Double]
    /// The names, or nil for numbers.
    let names: [String]?

    /// Reads the values as numbers where all of them are, else as names. Equal names share a place.
    init(_ values: [Value], alwaysNames: Bool = false) {
        let found = values.compactMap { $0.isNone ? nil : NumberReading.number($0) }
        if !alwaysNames, found.count == values.count {
            (numbers, names) = (found, nil)
            return
        }
        var (order, index) = ([String](), [String: Int]())
        numbers = values.map { value in
            let name = Self.name(value)
            if let place = index[name] { return Double(place) }
            index[name] = order.count
            order.append(name)
            return Double(order.count - 1)
        }
        names = order
    }

    static func name(_ value: Value) -> String {
        value.isNone ? "–" : value.inlineText.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    func kind(log: Bool) -> ScaleKind {
        names.map { .categories($0) } ?? (log ? .logarithmic(keepsZero: true) : .linear)
    }
}
