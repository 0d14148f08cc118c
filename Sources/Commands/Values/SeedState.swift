import Language
import Tensors

/// The session's counted randomness: what is drawn without `seed=` comes from here, draw after draw.
public enum SeedState: ContextKey {
    public static let initial = RandomState(seed: 0)

    /// The draw of a call: where `seed=` is given, the first draw of `stream` under that seed, always the
    /// same; else the session's next draw of that stream.
    public static func draw(_ call: Call, stream: String) throws -> RandomDraw {
        if call.optional("seed") != nil {
            return RandomDraw(seed: seed(try call.int("seed")), stream: stream, step: 0)
        }
        var state = call.context[SeedState.self]
        defer { call.context[SeedState.self] = state }
        return state.next(stream)
    }

    /// The parameter that `draw` reads.
    public static let parameter = Parameter(
        "seed", .int, doc: "The same seed draws the same numbers; without one, the session's next draw.",
        keywordOnly: true, optional: true)

    private static func seed(_ value: Int) -> UInt64 { UInt64(bitPattern: Int64(value)) }
}
