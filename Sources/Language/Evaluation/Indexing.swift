/// Indexing and slicing of values.
enum Indexing {
    /// Returns an item or a slice of a value. Throws a `Problem` for an index that the value does not take or that is out of range.
    static func apply(_ subscripts: [Subscript], to value: Value) throws -> Value {
        switch value {
        case .host(let host): return try host.index(subscripts)
        case .list(let items): return try list(items, try only(subscripts, "a list", "xs[0][1]"))
        case .string(let text): return try string(text, try only(subscripts, "a string", "text[0]"))
        case .range(let range): return try self.range(range, try only(subscripts, "a range", "r[0]"))
        case .record(let record): return try self.record(record, try only(subscripts, "a record", "r.a.b"))
        case .function(let function):
            throw Problem(.badIndex, "a function cannot be indexed", label: "", help: "to call it with a list, write \(function.name)([…])")
        default: throw Problem(.badIndex, "\(value.describedType) cannot be indexed", label: "")
        }
    }

    /// Returns the single subscript, or throws where there are several.
    private static func only(_ subscripts: [Subscript], _ what: String, _ example: String) throws -> Subscript {
        if subscripts.count == 1, let first = subscripts.first { return first }
        throw Problem(
            .badIndex, "\(what) takes one index, not \(subscripts.count)",
            help: "one after the other: \(example)")
    }

    private static func list(_ items: [Value], _ part: Subscript) throws -> Value {
        switch part {
        case .ellipsis: return .list(items)
        case .at(.int(let index)): return items[try place(index, items.count, "items")]
        case .at(.range(let range)):
            return .list(Array(items[try indices(range, items.count, "items")]))
        case .at(.list(let places)):
            return .list(try places.polledMap { items[try place(try int($0), items.count, "items")] })
        case .slice(let start, let end, let step):
            return .list(try slice(start, end, step, items.count).polledMap { items[$0] })
        case .at(let other): throw badIndex(other, "a list")
        }
    }

    private static func string(_ text: String, _ part: Subscript) throws -> Value {
        let count = try TextSearch.count(text)
        func picked(_ places: StrideTo<Int>) throws -> Value { .string(try TextSearch.picked(text, places, of: count)) }
        switch part {
        case .ellipsis: return .string(text)
        case .at(.int(let index)):
            let place = try place(index, count, "characters")
            return try picked(stride(from: place, to: place + 1, by: 1))
        case .at(.range(let range)):
            let places = try indices(range, count, "characters")
            return try picked(stride(from: places.lowerBound, to: places.upperBound, by: 1))
        case .slice(let start, let end, let step):
            return try picked(slice(start, end, step, count))
        case .at(let other): throw badIndex(other, "a string")
        }
    }

    private static func range(_ range: RangeValue, _ part: Subscript) throws -> Value {
        switch part {
        case .ellipsis: return .range(range)
        case .at(.int(let index)): return .int(try int(index, of: range))
        case .slice(let start, let end, let step):
            return .list(try self.part(of: range, start, end, step))
        case .at(let other): throw badIndex(other, "a range")
        }
    }

    /// Returns an int of a range that may have more ints than `Int` can count; a negative index counts from the end.
    private static func int(_ index: Int, of range: RangeValue) throws -> Int {
        if range.count > 0 {
            let last = range.inclusive ? range.end : range.end - 1
            let (value, overflow) = index >= 0 ? range.start.addingReportingOverflow(index) : last.addingReportingOverflow(index + 1)
            if !overflow, range.contains(value) { return value }
        }
        throw outside(index, range.count, "ints")
    }

    /// Returns a slice of a range as a list. Throws `.tooManyBytes` where that would exceed the size of one value.
    private static func part(of range: RangeValue, _ start: Int?, _ end: Int?, _ step: Int?) throws -> [Value] {
        let ends = try sliceEnds(start, end, step, range.count)
        let distance = ends.step > 0 ? max(0, ends.end - ends.start) : max(0, ends.start - ends.end)
        let count = distance == 0 ? 0 : (distance - 1) / Int(clamping: ends.step.magnitude) + 1
        try Reservation.check([count], of: MemoryLayout<Value>.stride, what: "this part of \(range.text)")
        return try stride(from: ends.start, to: ends.end, by: ends.step).polledMap { .int(range.start + $0) }
    }

    private static func record(_ record: Record, _ part: Subscript) throws -> Value {
        guard case .at(let index) = part, case .string(let key) = index else {
            throw Problem(.badIndex, "a record is indexed by a string, the name of a field")
        }
        if let value = record[key] { return value }
        let suggestion = nearestLabel(key, among: record.keys)
        throw Problem(
            .unknownField, "this record has no field \(quoted(key))", label: suggestion,
            notes: suggestion.isEmpty && !record.isEmpty ? ["it has \(listed(record.keys))"] : [])
    }

    // MARK: places

    /// Returns an index counted from the start; a negative one counts from the end. Throws `.indexOutOfRange` where it lies outside of
    /// `count` items.
    static func place(_ index: Int, _ count: Int, _ what: String) throws -> Int {
        if index >= 0, index < count { return index }
        if index < 0, index >= -count { return count + index }
        throw outside(index, count, what)
    }

    private static func outside(_ index: Int, _ count: Int, _ what: String) -> Problem {
        Problem(
            .indexOutOfRange, "index \(index) is outside of \(count) \(what)", label: "",
            notes: [count == 0 ? "there are none" : "the first is 0, the last \(count - 1) or -1"])
    }

    /// Returns the indices that a range names, all of which must exist.
    private static func indices(_ range: RangeValue, _ count: Int, _ what: String) throws -> Range<Int> {
        if range.count == 0 { return 0..<0 }
        let first = try place(range.start, count, what)
        let last = try place(range.inclusive ? range.end : range.end - 1, count, what)
        return first..<max(first, last + 1)
    }

    /// Returns the indices of `start:end:step` as NumPy does: the end is left out, and ends out of range are clamped.
    private static func slice(_ start: Int?, _ end: Int?, _ step: Int?, _ count: Int) throws -> StrideTo<Int> {
        let ends = try sliceEnds(start, end, step, count)
        return stride(from: ends.start, to: ends.end, by: ends.step)
    }

    /// Returns the clamped ends and the step. Throws `.badIndex` where the step is 0.
    private static func sliceEnds(_ start: Int?, _ end: Int?, _ step: Int?, _ count: Int) throws -> (start: Int, end: Int, step: Int) {
        let step = step ?? 1
        guard step != 0 else { throw Problem(.badIndex, "the step of a slice cannot be 0") }
        func clamped(_ value: Int, _ low: Int, _ high: Int) -> Int {
            let place = value < 0 ? max(value, -count - 1) + count : value
            return min(max(place, low), high)
        }
        if step > 0 {
            let first = start.map { clamped($0, 0, count) } ?? 0
            let last = end.map { clamped($0, 0, count) } ?? count
            return (first, last, step)
        }
        let first = start.map { clamped($0, -1, count - 1) } ?? count - 1
        let last = end.map { clamped($0, -1, count - 1) } ?? -1
        return (first, last, step)
    }

    private static func int(_ value: Value) throws -> Int {
        if case .int(let number) = value { return number }
        throw Problem(.badIndex, "a list of indices holds ints, not \(value.describedType)")
    }

    private static func badIndex(_ value: Value, _ what: String) -> Problem {
        var help: String?
        if case .float(let number) = value, number == number.rounded() {
            help = "int(x) makes an int of a float"
        }
        if case .string(let text) = value, let number = Int(text) { help = "a number stands without quotes: [\(number)]" }
        return Problem(
            .badIndex, "\(what) is indexed by an int, a range or a slice",
            label: "this is \(value.describedType)",
            help: help)
    }
}

extension Value {
    /// The label under the base of a failed index: "3 items".
    var sizeText: String {
        switch self {
        case .list(let items): countText(items.count, "item")
        case .string(let text): countText(text.count, "character")
        case .range(let range): countText(range.count, "int")
        case .record(let record): countText(record.count, "field")
        default: typeName
        }
    }

    /// The names of the fields that a dot reads, for suggestions and completion.
    var fieldNames: [String] {
        switch self {
        case .record(let record): record.keys
        case .host(let host): host.fieldNames
        case .range: ["start", "end"]
        default: []
        }
    }
}
