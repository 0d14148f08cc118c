import Language
import Tensors

/// The session's counted randomness: what is drawn without `seed=` comes from here, draw after draw.
public enum SeedState: ContextKey {
    /// A session begins with seed 0.
    public static let initial = RandomState(seed: 0)

    /// Returns the draw of a call: with `seed=` the first draw of `stream` under that seed, which is always the same; else the session's
    /// next draw of that stream.
    public static func draw(_ call: Call, stream: String) throws -> RandomDraw {
        if call.optional("seed") != nil {
            return RandomDraw(seed: seed(try call.int("seed")), stream: stream, step: 0)
        }
        var state = call.context[SeedState.self]
        defer { call.context[SeedState.self] = state }
        return state.next(stream)
    }

    /// The parameter `seed`, which `draw` reads.
    public static let parameter = Parameter(
        "seed", .int, doc: "The same seed draws the same numbers; without one, the session's next draw.",
        keywordOnly: true, optional: true)

    /// Returns the seed's bits without a sign.
    private static func seed(_ value: Int) -> UInt64 { UInt64(bitPattern: Int64(value)) }
}
