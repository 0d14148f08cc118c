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

    /// Drawn by `base`, which may since have got handles; these do not change pictures whose prompts do not name them.
    static func find(_ base: DiffusionModel, _ options: PriorOptions, _ call: Call) -> PriorSet? {
        guard call.context[DrawnPriors.self].contains(where: { $0.prior.options == options }) else { return nil }
        let fingerprint = base.fingerprint
        return call.context[DrawnPriors.self].last { $0.prior.options == options && $0.fingerprint == fingerprint }?.prior
    }

    static func keep(_ prior: PriorSet, _ base: DiffusionModel, _ call: Call) {
        let entry = Entry(fingerprint: base.fingerprint, prior: prior)
        call.context[DrawnPriors.self] = call.context[DrawnPriors.self].suffix(limit - 1) + [entry]
    }

    static func areShareable(_ options: PriorOptions, _ model: DiffusionModel) -> Bool {
        !options.prompts.contains { prompt in model.handles.contains { prompt.contains($0) } }
    }
}
