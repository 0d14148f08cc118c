import Autograd
import Language
import NeuralNetwork
import Tensors

/// An optimizer with its moments, as a value: a step gives another one.
struct OptimizerValue: DeclaredValue {
    let optimizer: AdamW
    /// The names (`NamedTensors`) and shapes of what it moves, which are those of its moments.
    let parts: [(name: String, shape: [Int])]
    /// The tokens of all handles of the model that it was made for.
    let handles: [String]

    var inlineText: String {
        let steps = optimizer.step
        return
            "AdamW of \(NamedTensors.title(parts.map(\.name))), lr \(NumberText.significant(optimizer.options.lr)), \(steps) step\(steps == 1 ? "" : "s")"
    }

    func display(_ context: DisplayContext) -> Display {
        Display(TextLines.wrapped(inlineText, width: context.width, rest: "  ").joined(separator: "\n"))
    }

    static let declaration = HostDeclaration<OptimizerValue>(
        "optimizer", "An optimizer with its moments: .first and .second by handle or name, o.first[handle].",
        makers: "adamw(model.handles, lr=5e-4)",
        fields: [
            .init("lr", .float, "The learning rate.") { .float($0.optimizer.options.lr) },
            .init("beta1", .float, "The decay of the first moment.") { .float($0.optimizer.options.beta1) },
            .init("beta2", .float, "The decay of the second moment.") { .float($0.optimizer.options.beta2) },
            .init("eps", .float, "What is added to the root of the second moment.") { .float($0.optimizer.options.eps) },
            .init("weight_decay", .float, "The decay of the parameters, times lr at each step.") {
                .float($0.optimizer.options.weightDecay)
            },
            .init("step", .int, "How many steps it has taken.") { .int($0.optimizer.step) },
            .init("names", .listOf(.string), "What it moves.") { .list($0.parts.map { .string($0.name) }) },
            .init("first", MomentsValue.valueType, "The running mean of the gradients.") {
                .host(MomentsValue(tensors: $0.moments(\.first)))
            },
            .init("second", MomentsValue.valueType, "The running mean of their squares.") {
                .host(MomentsValue(tensors: $0.moments(\.second)))
            },
        ], element: nil, operators: false)

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
struct MomentsValue: DeclaredValue, NamedTensorsReadable {
    let tensors: NamedTensors

    var variable: Variable { Variable(tensors.flattened) }
    static let declaration = HostDeclaration<MomentsValue>(
        "moments", "A running mean of gradients or of their squares, by handle or name.", makers: "adamw(model.handles, lr=5e-4).first",
        fields: [.init("names", .listOf(.string), "The handle or parameter of each.") { .list($0.tensors.names.map { .string($0) }) }])

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

    func display(_ context: DisplayContext) -> Display {
        Cancellable.answer {
            let head = TextLines.wrapped(inlineText, width: context.width, rest: "  ")
            return Display((head + tensors.table(scale: 1, width: context.width)).joined(separator: "\n"))
        }
    }
}
