import Autograd
import NeuralNetwork
import Tensors

/// A report of how much of a model's change a low-rank difference keeps.
public struct LoRAReport: Sendable, Equatable {
    /// The layers that changed and are in the file.
    public let layers: Int
    /// What the file leaves out of the change, as a share of the change's norm, over all parameters but the handles.
    public let error: Double
    /// The part of `error` that no LoRA can hold: the change of biases, norms and tables, as a share of the change's norm.
    public let beside: Double
    /// What the file leaves out of the change, as a share of the norm of the changed weights.
    public let relative: Double
}

/// LoRA (Hu et al. 2021, https://arxiv.org/abs/2106.09685) on disk: each weight W becomes W + scale · (alpha / rank) · up ·
/// down.
public enum LoRAFile {
    /// `model` with the differences of a file added `scale` times. `alpha` is that of layers for which the file has none; without,
    /// it is their rank. Throws `LoRAError`, `SafetensorsError`, `FileError`.
    public static func read(_ path: String, into model: DiffusionModel, scale: Double = 1, alpha: Double? = nil) throws -> DiffusionModel {
        try add(try SafetensorsFile(path: path), to: model, scale: scale, alpha: alpha)
    }

    /// `ignoring`: tensors whose names begin so are no part of the LoRA.
    static func add(
        _ file: SafetensorsFile, to model: DiffusionModel, scale: Double, alpha given: Double? = nil, ignoring prefix: String? = nil
    ) throws -> DiffusionModel {
        var layers: [String: [LoRAKey.Factor: SafetensorsEntry]] = [:]
        var unknown: [String] = []
        for entry in file.tensors {
            if let prefix, entry.name.hasPrefix(prefix) { continue }
            guard let key = LoRAKey(entry.name) else {
                unknown.append(entry.name)
                continue
            }
            layers[LoRAKey.flat(key.layer), default: [:]][key.factor] = entry
        }
        guard !layers.isEmpty else { throw LoRAError.notALoRA(path: file.path, first: unknown.first) }
        var result = model
        func visit(_ name: String, _ parameter: inout Variable) throws {
            guard name.hasSuffix(".weight"), let found = layers.removeValue(forKey: LoRAKey.flat(String(name.dropLast(".weight".count))))
            else { return }
            guard let down = found[.down], let up = found[.up] else { throw LoRAError.half(path: file.path, layer: name) }
            let change = try delta(file, down, up, like: ParameterFile.diskShape(parameter.shape), name)
            let alpha = try found[.alpha].map { Double(try file.readFloats($0.name).first ?? 0) } ?? given ?? Double(down.shape[0])
            let weight = Float(scale * alpha / Double(max(1, down.shape[0])))
            let sum = parameter.value.combined(1, with: ParameterFile.fromDisk(change), weight)
            parameter = parameter.needsGrad ? .leaf(sum) : Variable(sum)
        }
        try result.unet.forEachParameter("unet.", visit)
        try result.textEncoder.forEachParameter("text_encoder.", visit)
        let left = unknown + layers.values.flatMap { $0.values.map(\.name) }.sorted()
        guard left.isEmpty else { throw LoRAError.unknownLayers(path: file.path, keys: left) }
        return result
    }

    /// The product up · down in the shape of the weight on disk. Factors of convolutions have four axes.
    private static func delta(
        _ file: SafetensorsFile, _ down: SafetensorsEntry, _ up: SafetensorsEntry, like shape: [Int], _ name: String
    ) throws -> Tensor {
        let (rank, inputs) = (down.shape.first ?? 0, down.shape.dropFirst().reduce(1, *))
        let fits =
            down.shape.count > 1 && up.shape.count > 1 && up.shape.dropFirst().reduce(1, *) == rank && up.shape[0] == shape[0]
            && inputs == shape.dropFirst().reduce(1, *)
        guard fits else { throw LoRAError.shape(path: file.path, layer: name, down: down.shape, up: up.shape, weight: shape) }
        let left = Tensor(try file.readFloats(up.name), shape: [shape[0], rank])
        return left.matmul(Tensor(try file.readFloats(down.name), shape: [rank, inputs])).reshaped(shape)
    }

    /// Writes the difference from `base` to `model`, the change of every matrix approximated by one of `rank`. Handles are
    /// left out. Throws `LoRAError`, `FileError`.
    public static func write(_ model: DiffusionModel, base: DiffusionModel, to path: String, rank: Int, format: LoRAFormat) throws
        -> LoRAReport
    {
        let (tensors, report) = try difference(model, base, rank: rank, format: format)
        guard report.layers > 0 else { throw LoRAError.nothing }
        try SafetensorsWriter.write(path, tensors)
        return report
    }

    /// The tensors of that file, and what they leave out.
    static func difference(
        _ model: DiffusionModel, _ base: DiffusionModel, rank: Int, format: LoRAFormat
    ) throws -> ([SafetensorsTensor], LoRAReport) {
        var (tensors, layers) = ([SafetensorsTensor](), 0)
        var (total, rest, beside, weights) = (0.0, 0.0, 0.0, 0.0)
        let parts = [
            ("unet.", model.unet.parameters(), base.unet.parameters()),
            ("text_encoder.", model.textEncoder.parameters(), base.textEncoder.parameters()),
        ]
        for (part, new, old) in parts {
            let before = Dictionary(old.map { ($0.name, $0.value.value) }) { first, _ in first }
            for (name, variable) in new where name != CLIPTextModel.handleEmbeddingName {
                guard let start = before[name], start.shape == variable.shape else { throw LoRAError.differentModels }
                if start.isIdentical(to: variable.value) { continue }
                let change = ParameterFile.toDisk(variable.value - start)
                weights += variable.value.sumOfSquares
                guard change.rank > 1, name.hasSuffix(".weight"), !name.hasPrefix("embeddings.") else {
                    total += change.sumOfSquares
                    rest += change.sumOfSquares
                    beside += change.sumOfSquares
                    continue
                }
                let product = LowRank(change.reshaped([change.shape[0], change.count / change.shape[0]]), rank: rank)
                (total, rest, layers) = (total + product.total, rest + product.rest, layers + 1)
                // diffusers 0.42 reads one rank and one alpha for all of kohya's layers: small matrices get the others' rank.
                let written = format == .kohya ? product.padded(to: rank) : product
                let layer = LoRAKey.name(part + name.dropLast(".weight".count), format)
                tensors += factors(layer, written, change.shape, format)
            }
        }
        func share(_ part: Double, of whole: Double) -> Double { whole > 0 ? (part / whole).squareRoot() : 0 }
        let report = LoRAReport(
            layers: layers, error: share(rest, of: total), beside: share(beside, of: total), relative: share(rest, of: weights))
        return (tensors, report)
    }

    private static func factors(_ layer: String, _ product: LowRank, _ shape: [Int], _ format: LoRAFormat) -> [SafetensorsTensor] {
        let (rank, ones) = (product.down.shape[0], Array(repeating: 1, count: shape.count - 2))
        let (down, up) = ([rank] + shape.dropFirst(), [shape[0], rank] + ones)
        switch format {
        case .diffusers:
            return [
                SafetensorsTensor(layer + ".lora_A.weight", shape: down, product.down.values),
                SafetensorsTensor(layer + ".lora_B.weight", shape: up, product.up.values),
            ]
        case .kohya:
            return [
                SafetensorsTensor(layer + ".lora_down.weight", shape: down, product.down.values),
                SafetensorsTensor(layer + ".lora_up.weight", shape: up, product.up.values),
                SafetensorsTensor(layer + ".alpha", shape: [], [Float(rank)]),
            ]
        }
    }
}

/// An error of a LoRA file, or of two models whose difference is to become one.
public enum LoRAError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file has no tensor with the name of a LoRA's factor; `first`: a name that it has.
    case notALoRA(path: String, first: String?)
    /// A layer has only one of its two factors.
    case half(path: String, layer: String)
    /// The factors of a layer do not give a change of its weight's shape.
    case shape(path: String, layer: String, down: [Int], up: [Int], weight: [Int])
    /// The file has factors for layers that the model has not.
    case unknownLayers(path: String, keys: [String])
    /// The two models have not the same parameters.
    case differentModels
    /// The two models differ in nothing that a file could hold.
    case nothing

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .notALoRA(let path, let first): "\(path) is no LoRA" + (first.map { ": it holds \($0)" } ?? ": it is empty")
        case .half(let path, let layer): "\(path): one of the two factors of \(layer) is missing"
        case .shape(let path, let layer, let down, let up, let weight):
            "\(path): the factors of \(layer) are \(Shape.text(up)) and \(Shape.text(down)), the weight is \(Shape.text(weight)): it was made for another model"
        case .unknownLayers(let path, let keys):
            "\(path): \(keys.count) keys are for layers that this model does not have: " + keys.prefix(5).joined(separator: ", ")
                + (keys.count > 5 ? ", …" : "")
        case .differentModels: "the two models are built differently: one is not a change of the other"
        case .nothing: "the two models do not differ in anything but their handles: save_handles writes those"
        }
    }
}
