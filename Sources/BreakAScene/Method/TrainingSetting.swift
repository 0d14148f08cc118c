import Images
import NeuralNetwork
import Tensors

/// One setting of `TrainingOptions`: its name, what it means, which values it takes, and how it is read and written. Checkpoints, results,
/// the parameters of the commands that train, their help and the presets' values in it follow from the table `all`.
public struct TrainingSetting: Sendable {
    /// The values that a setting takes.
    public enum Kind: Sendable {
        /// An int in a range, such as a number of steps.
        case int(ClosedRange<Int>, unit: String? = nil)
        /// A number in a range.
        case number(ClosedRange<Double>)
        /// True or false.
        case bool
        /// One of these words.
        case word([String])
        /// A list of texts.
        case texts
        /// [height, width] in pixels, each in a range.
        case sides(ClosedRange<Int>)
    }

    /// The name in files, and that of the parameter.
    public let name: String
    /// What the parameter's help says; nil for a setting that is no parameter of all trainings.
    public let doc: String?
    /// The values that it takes.
    public let kind: Kind
    /// What each word of a setting of words means; empty where words speak for themselves.
    public let meanings: [String: String]
    /// Whether null stands for "none", as a size of nil does.
    let isOptional: Bool
    /// What is wrong with a value of the kind, in words; nil where it can be used.
    public let fault: @Sendable (JSON) -> String?
    private let read: @Sendable (TrainingOptions) -> JSON
    private let write: @Sendable (inout TrainingOptions, JSON) -> Void

    /// Creates a setting. `write` gets a value that `accepts` returns true for.
    init(
        _ name: String, _ kind: Kind, _ doc: String? = nil, meanings: [String: String] = [:], isOptional: Bool = false,
        fault: @escaping @Sendable (JSON) -> String? = { _ in nil }, read: @escaping @Sendable (TrainingOptions) -> JSON,
        write: @escaping @Sendable (inout TrainingOptions, JSON) -> Void
    ) {
        (self.name, self.kind, self.doc, self.meanings) = (name, kind, doc, meanings)
        (self.isOptional, self.fault) = (isOptional, fault)
        (self.read, self.write) = (read, write)
    }

    /// Whether checkpoints of the first version of their format lack it, so that it has its standard value where it is missing.
    var isLater: Bool { ["previews", Self.perLayer, "copy_paste", "snr_gamma", "lr_scheduler"].contains(name) }

    /// Returns the setting's value in the options; null for none.
    public func value(in options: TrainingOptions) -> JSON { read(options) }

    /// Sets the value; returns false, and changes nothing, where the setting does not take it.
    public func set(_ value: JSON, in options: inout TrainingOptions) -> Bool {
        guard accepts(value), fault(value) == nil else { return false }
        write(&options, value)
        return true
    }

    /// Returns whether a value is of the kind and in range.
    private func accepts(_ value: JSON) -> Bool {
        if value.isNull { return isOptional }
        return switch kind {
        case .int(let range, _): value.intValue.map(range.contains) ?? false
        case .number(let range): value.doubleValue.map(range.contains) ?? false
        case .bool: value.boolValue != nil
        case .word(let words): value.stringValue.map(words.contains) ?? false
        case .texts: value.arrayValue?.allSatisfy { $0.stringValue != nil } ?? false
        case .sides(let range):
            value.arrayValue.map { $0.count == 2 && $0.allSatisfy { $0.intValue.map(range.contains) ?? false } } ?? false
        }
    }
}

// Settings of the usual kinds, by where they lie in the options.
extension TrainingSetting {
    typealias Path<Value> = WritableKeyPath<TrainingOptions, Value> & Sendable

    static func int(_ name: String, _ range: ClosedRange<Int>, unit: String? = nil, _ path: Path<Int>, _ doc: String? = nil) -> Self {
        Self(name, .int(range, unit: unit), doc, read: { JSON($0[keyPath: path]) }) { $0[keyPath: path] = $1.intValue ?? 0 }
    }

    static func number(_ name: String, _ range: ClosedRange<Double>, _ path: Path<Double>, _ doc: String? = nil) -> Self {
        Self(name, .number(range), doc, read: { JSON($0[keyPath: path]) }) { $0[keyPath: path] = $1.doubleValue ?? 0 }
    }

    static func bool(_ name: String, _ path: Path<Bool>, _ doc: String? = nil) -> Self {
        Self(name, .bool, doc, read: { .bool($0[keyPath: path]) }) { $0[keyPath: path] = $1.boolValue ?? false }
    }

    static func word<Word: RawRepresentable<String> & CaseIterable & SendableMetatype>(
        _ name: String, _ path: Path<Word>, _ doc: String? = nil, meanings: [String: String] = [:]
    ) -> Self {
        let kind = Kind.word(Word.allCases.map(\.rawValue))
        return Self(name, kind, doc, meanings: meanings, read: { .string($0[keyPath: path].rawValue) }) {
            if let word = $1.stringValue.flatMap(Word.init) { $0[keyPath: path] = word }
        }
    }

    /// A setting that chooses a row of a table.
    static func row<Row: TableRow>(_ name: String, _ path: Path<Row>, _ doc: String? = nil) -> Self {
        word(name, path, doc, meanings: Row.meanings)
    }
}
