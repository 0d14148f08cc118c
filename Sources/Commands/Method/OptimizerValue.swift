import Autograd
import Language
import NeuralNetwork
import Tensors

/// An optimizer with its moments, as a value: a step gives another one.
struct OptimizerValue: HostValue {
    let optimizer: AdamW
    /// The names (`NamedTensors`) and shapes of what it moves, which are those of its moments.
    let parts: [(name: String, shape: [Int])]
    /// The tokens of all handles of the model that it was made for.
    let handles: [String]

    var typeName: String { "optimizer" }
    var inlineText: String {
        let steps = optimizer.step
        return
            "AdamW of \(NamedTensors.title(parts.map(\.name))), lr \(NumberText.significant(optimizer.options.lr)), \(steps) step\(steps == 1 ? "" : "s")"
    }
    var explanation: String { "An optimizer with its moments: .first and .second by handle or name, o.first[handle]." }

    func display(_ context: DisplayContext) -> Display {
        Display(TextLines.wrapped(inlineText, width: context.width, rest: "  ").joined(separator: "\n"))
    }

    private static let fields: [(name: String, value: @Sendable (OptimizerValue) -> Value)] = [
        ("lr", { .float($0.optimizer.options.lr) }), ("beta1", { .float($0.optimizer.options.beta1) }),
        ("beta2", { .float($0.optimizer.options.beta2) }), ("eps", { .float($0.optimizer.options.eps) }),
        ("weight_decay", { .float($0.optimizer.options.weightDecay) }), ("step", { .int($0.optimizer.step) }),
        ("names", { .list($0.parts.map { .string($0.name) }) }),
        ("first", { .host(MomentsValue(tensors: $0.moments(\.first))) }),
        ("second", { .host(MomentsValue(tensors: $0.moments(\.second))) }),
    ]

    var fieldNames: [String] { Self.fields.map(\.name) }
    func field(_ name: String) throws -> Value? { Self.fields.first { $0.name == name }?.value(self) }

    private func moments(_ which: KeyPath<AdamW.Moments, Tensor>) -> NamedTensors {
        NamedTensors(entries: parts.map { .init(name: $0.name, shape: $0.shape, tensor: optimizer.moments[$0.name]?[keyPath: which]) })
    }

    func isEqual(to other: any HostValue) -> Bool {
        guard let other = other as? OptimizerValue, other.optimizer.options == optimizer.options, other.optimizer.step == optimizer.step
        else { return false }
        return MomentsValue(tensors: moments(\.first)).isEqual(to: MomentsValue(tensors: other.moments(\.first)))
            && MomentsValue(tensors: moments(\.second)).isEqual(to: MomentsValue(tensors: other.moments(\.second)))
    }

    var byteCount: Int { optimizer.moments.values.reduce(64) { $0 + $1.first.count * 8 } }
}

/// One of an optimizer's two running means, by handle or name; zeros where nothing has moved yet.
struct MomentsValue: NamedTensorsReadable {
    let tensors: NamedTensors

    var typeName: String { "moments" }
    var variable: Variable { Variable(tensors.flattened) }
    var fieldNames: [String] { ["names"] }
    func field(_ name: String) throws -> Value? { name == "names" ? .list(tensors.names.map { .string($0) }) : nil }

    func index(_ subscripts: [Subscript]) throws -> Value {
        switch try tensors.chosen(subscripts, from: typeName) {
        case .one(let tensor): .tensor(tensor)
        case .several(let part): .host(MomentsValue(tensors: part))
        }
    }

    var count: Int? { tensors.entries.count }
    var elements: [Value]? { tensors.entries.map { .tensor(tensors.tensor(of: $0)) } }

    func isEqual(to other: any HostValue) -> Bool {
        guard let other = other as? MomentsValue, other.tensors.names == tensors.names else { return false }
        return Cancellable.answer {
            zip(tensors.entries, other.tensors.entries).allSatisfy {
                $0.shape == $1.shape && tensors.tensor(of: $0).isEqual(to: tensors.tensor(of: $1))
            }
        }
    }

    var shapeText: String? { nil }
    var byteCount: Int { tensors.byteCount }
    var inlineText: String { "moments of \(tensors.title)" }
    var explanation: String { "A running mean of gradients or of their squares, by handle or name." }

    func display(_ context: DisplayContext) -> Display {
        Cancellable.answer {
            let head = TextLines.wrapped(inlineText, width: context.width, rest: "  ")
            return Display((head + tensors.table(scale: 1, width: context.width)).joined(separator: "\n"))
        }
    }
}
