import BreakAScene
import Files
import Images
import Language

// A setting of training as a parameter: what it accepts, and how its argument becomes the setting's value.
extension TrainingSetting {
    /// The values that the parameter accepts; a part of the method may be a function as well.
    var rule: TypeRule {
        let plain: TypeRule =
            switch kind {
            case .int: .int
            case .number: .number
            case .bool: .bool
            case .word: .string
            case .texts: .list(.string)
            case .sides: .listOrSingle(.int)
            }
        return TrainingFunctions.all.contains { $0.key.name == name } ? .oneOf([plain, .function]) : plain
    }

    /// The range of its numbers, or nil.
    var range: ClosedRange<Double>? {
        switch kind {
        case .int(let range, _), .sides(let range): Double(range.lowerBound)...Double(range.upperBound)
        case .number(let range): range
        default: nil
        }
    }

    /// The unit of its numbers, or nil.
    var unit: String? {
        switch kind {
        case .int(_, let unit): unit
        case .sides: "px"
        default: nil
        }
    }

    /// The words that it may be, or nil.
    var words: [String]? { if case .word(let words) = kind { words } else { nil } }

    /// Returns the value in some options as help writes it: "0.5", "none", "8 prompts".
    func text(in options: TrainingOptions) -> String {
        let value = value(in: options)
        switch kind {
        case .texts:
            let texts = value.arrayValue?.compactMap(\.stringValue) ?? []
            return texts.isEmpty ? "none" : "\(Set(texts).count) prompts"
        case .sides: return (value.arrayValue.map { Value.list($0.compactMap(\.intValue).map { .int($0) }) } ?? .none).literalText
        // Gradients that are not clipped have the norm 0.
        case .number: return Value.float(value.doubleValue ?? 0).literalText
        case .int: return value.intValue.map { Value.int($0).literalText } ?? "none"
        case .bool: return Value.bool(value.boolValue ?? false).literalText
        case .word: return Value.string(value.stringValue ?? "").literalText
        }
    }

    /// Sets the value of an argument, which its parameter has accepted. Throws a `Problem` where it cannot be used.
    func apply(_ value: Value, _ key: Key<Value?>, _ call: Call, to options: inout TrainingOptions) throws {
        let json = try json(of: value, key, call)
        if let fault = fault(json) {
            if case .texts = kind { throw Problem(.badArgument, fault, argument: name, help: ViewLaws.contextHelp) }
            throw Problem(.outOfRange, fault, argument: name)
        }
        guard set(json, in: &options) else { throw Problem(.outOfRange, "\(name) cannot be \(value.literalText)", argument: name) }
    }

    private func json(of value: Value, _ key: Key<Value?>, _ call: Call) throws -> JSON {
        switch kind {
        case .int: return JSON(try Int.read(value, call, name))
        case .number: return JSON(try Double.read(value, call, name))
        case .bool: return .bool(try Bool.read(value, call, name))
        case .word: return .string(try String.read(value, call, name))
        case .texts: return .array(try [String].read(value, call, name).map(JSON.string))
        case .sides:
            let size = try call.pixels(key)
            return [JSON(size.height), JSON(size.width)]
        }
    }
}
