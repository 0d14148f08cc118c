import BreakAScene
import Diffusion
import Language
import Tensors

/// What values are made of, host values among them: tensors, pictures and models by their numbers. For what must notice
/// that a function, or anything that it reads, is another than before.
struct EngineDigest: ContentDigest {
    private var hash = Fingerprint()
    /// Host values met: a value whose fields lead to ever new ones must end.
    private var hosts = 0
    private static let mostHosts = 10_000

    init() {}

    var text: String { hash.text }

    mutating func add(_ text: String) {
        hash.mix(UInt64(text.utf8.count))
        hash.mix(text)
    }

    mutating func add(_ host: any HostValue) -> [Value] {
        hosts += 1
        switch host {
        case _ where hosts > Self.mostHosts: return []
        case let value as ModelValue:
            hash.mix(value.model.fingerprint)
            return [.list(value.learned.provenance.map { .string($0) })]
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

    private mutating func add(_ tensor: Tensor) { hash.mix(Shape.text(tensor.shape), tensor) }
}
