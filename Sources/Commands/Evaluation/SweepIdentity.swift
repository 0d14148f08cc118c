import Images
import Language
import Tensors

/// What tells whether values that are called the same are the same.
struct SweepIdentity {
    private let context: Context
    private var hash = SHA256()
    /// Functions that have been gone into: they may call each other.
    private var functions: Set<ObjectIdentifier> = []

    init(_ context: Context) { self.context = context }

    /// A short hash of what a value is: of a function its source and the values outside of it that it names, of a model its
    /// weights, of pictures, scenes, masks and tensors their numbers.
    func of(_ value: Value) -> String {
        var copy = self
        copy.add(value, depth: 0)
        return String(copy.hash.hexadecimal().prefix(16))
    }

    private mutating func add(text: String) { hash.update(Array(text.utf8) + [0]) }

    private mutating func add(_ value: Value, depth: Int) {
        guard depth < 64 else { return add(text: "…") }
        if value.number != nil { return add(text: "number " + SweepResults.key([value])) }
        add(text: value.typeName)
        switch value {
        case .function(let function): add(function, depth: depth)
        case .list(let items): for item in items { add(item, depth: depth + 1) }
        case .record(let record):
            for (key, item) in record.pairs {
                add(text: key)
                add(item, depth: depth + 1)
            }
        case .host(let host): add(host)
        default: add(text: value.literalText)
        }
    }

    private mutating func add(_ function: FunctionValue, depth: Int) {
        add(text: function.source ?? function.name)
        guard functions.insert(ObjectIdentifier(function)).inserted else { return }
        for (name, value) in function.surroundings(context) {
            add(text: name)
            add(value, depth: depth + 1)
        }
    }

    private mutating func add(_ host: any HostValue) {
        if case .string(let fingerprint) = (try? host.field("hash")) ?? nil { return add(text: fingerprint) }
        if let scene = host as? SceneValue {
            hash.update(scene.scene.image.pixels)
            for mask in scene.scene.masks { mask.values.withUnsafeBytes { hash.update($0) } }
        } else if let picture = host as? any PictureReadable {
            hash.update(picture.picture.pixels)
        } else if let tensor = (host as? any TensorReadable)?.variable.value {
            add(text: "\(tensor.shape)")
            tensor.values.withUnsafeBytes { hash.update($0) }
        } else if let table = (host as? any TableReadable)?.table {
            add(text: table.separated())
        } else {
            add(text: host.inlineText)
        }
    }
}
