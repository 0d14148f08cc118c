import BreakAScene
import Diffusion
import Language
import Tensors

/// A digest of values, host values among them: tensors, pictures and models count by their numbers. It tells whether a function, or
/// anything that the function reads, has changed.
struct EngineDigest: ContentDigest {
    private var hash = Fingerprint()
    /// How many host values were met; the count ends the walk of a value whose fields lead to ever new ones.
    private var hosts = 0
    /// The number of host values beyond which none is looked into.
    private static let mostHosts = 10_000

    /// Starts an empty digest.
    init() {}

    /// The digest as text.
    var text: String { hash.text }

    /// Mixes a text, with its length before it.
    mutating func add(_ text: String) {
        hash.mix(UInt64(text.utf8.count))
        hash.mix(text)
    }

    /// Mixes a host value's own contents and returns the values that are left to mix.
    mutating func add(_ host: any HostValue) -> [Value] {
        hosts += 1
        switch host {
        case _ where hosts > Self.mostHosts: return []
        case let value as ModelValue:
            hash.mix(value.model.fingerprint)
            return [.list(value.learned.provenance.map { .string($0) })]
        case let value as EvaluatorValue:
            hash.mix(value.evaluator.fingerprint)
            return [.string(value.evaluator.name)]
        case let value as ParametersValue:
            hash.mix(value.model.fingerprint)
            return [value.scope.map { .string($0) } ?? .none]
        case let value as SceneValue:
            add(Tensor(value.scene.image))
            value.scene.masks.forEach { add(Tensor($0)) }
            return [.list(value.scene.names.map { .string($0) }), .string(value.scene.title)]
        case let value as SampleAttention:
            add(value.maps.mean.value)
            return [.int(value.sample), .string(value.prompt)]
        case let value as AttentionValue:
            add(value.maps)
            return [.string(value.prompt), .list(value.tokens.map { .string($0) })]
        case let value as NamedTensorsReadable:
            add(value.tensors.flattened)
            return [.list(value.tensors.names.map { .string($0) })]
        case let value as TensorReadable:
            add(value.variable.value)
            return [.bool((value as? TensorValue)?.isCondition ?? false)]
        case let value as PictureReadable:
            add(Tensor(value.picture))
            return []
        case let value as TableReadable:
            let table = value.table
            return [.list(table.columns.map { .string($0) })] + table.rows.map { .list($0) }
        default:
            return [.string(host.inlineText)] + host.fieldNames.map { (try? host.field($0)) ?? .none }
        }
    }

    /// Mixes a tensor's shape and numbers.
    private mutating func add(_ tensor: Tensor) { hash.mix(Shape.text(tensor.shape), tensor) }
}
