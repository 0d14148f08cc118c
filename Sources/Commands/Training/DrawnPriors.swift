import BreakAScene
import Diffusion
import Language

/// Prior pictures that this session has drawn: a second run from the same base has them at once.
enum DrawnPriors: ContextKey {
    struct Entry: Sendable {
        let fingerprint: String
        let prior: PriorSet
    }

    static let initial: [Entry] = []

    private static let limit = 8

    /// Drawn by `base` at its size.
    static func find(_ base: DiffusionModel, _ options: PriorOptions, _ call: Call) -> PriorSet? {
        let alike = call.context[DrawnPriors.self].filter { $0.prior.isDrawn(with: options, by: base) }
        guard !alike.isEmpty else { return nil }
        let fingerprint = base.fingerprint
        return alike.last { $0.fingerprint == fingerprint }?.prior
    }

    static func keep(_ prior: PriorSet, _ base: DiffusionModel, _ call: Call) {
        let entry = Entry(fingerprint: base.fingerprint, prior: prior)
        call.context[DrawnPriors.self] = call.context[DrawnPriors.self].suffix(limit - 1) + [entry]
    }
}
