import BreakAScene
import Diffusion
import Language

/// The prior pictures that this session has drawn; a second run from the same base model takes them from here.
enum DrawnPriors: ContextKey {
    /// Prior pictures, and the fingerprint of the model that drew them.
    struct Entry: Sendable {
        let fingerprint: String
        let prior: PriorSet
    }

    static let initial: [Entry] = []

    /// The number of sets that are kept; the oldest goes first.
    private static let limit = 8

    /// Returns the pictures that `base` drew with these options at its size, or nil.
    static func find(_ base: DiffusionModel, _ options: PriorOptions, _ call: Call) -> PriorSet? {
        let alike = call.context[DrawnPriors.self].filter { $0.prior.isDrawn(with: options, by: base) }
        guard !alike.isEmpty else { return nil }
        let fingerprint = base.fingerprint
        return alike.last { $0.fingerprint == fingerprint }?.prior
    }

    /// Keeps pictures that `base` has drawn.
    static func keep(_ prior: PriorSet, _ base: DiffusionModel, _ call: Call) {
        let entry = Entry(fingerprint: base.fingerprint, prior: prior)
        call.context[DrawnPriors.self] = call.context[DrawnPriors.self].suffix(limit - 1) + [entry]
    }
}
