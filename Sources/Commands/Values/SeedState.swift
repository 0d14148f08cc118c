import Language
import Tensors

/// The session's counted randomness: what is drawn without `seed=` comes from here, draw after draw.
public enum SeedState: ContextKey {
    /// A session begins with seed 0.
    public static let initial = RandomState(seed: 0)

    /// The parameter `seed`, which `draw` reads. A row that has it draws from the session where no seed is given.
    public static let key: Key<Int?> = {
        var key = Key<Int?>("seed", doc: "The same seed draws the same numbers; without one, the session's next draw.", keywordOnly: true)
        key.parameter.isSeed = true
        return key
    }()

    /// Returns the draw of a call: with `seed=` the first draw of `stream` under that seed, which is always the same; else the session's
    /// next draw of that stream.
    public static func draw(_ call: Call, stream: String) throws -> RandomDraw {
        if let seed = try call[key] { return RandomDraw(seed: UInt64(bitPattern: Int64(seed)), stream: stream, step: 0) }
        var state = call.context[SeedState.self]
        defer { call.context[SeedState.self] = state }
        return state.next(stream)
    }
}
