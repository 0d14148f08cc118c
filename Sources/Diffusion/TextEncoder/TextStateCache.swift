import Synchronization
import Tensors

/// Caches the hidden states of prompts without handles while handles are trained: prior pictures ask for the same prompts
/// again and again. It is emptied when the encoder's parameters change, and holds at most 64 prompts.
final class TextStateCache: Sendable {
    private struct State: Sendable {
        var parameters: [TensorMark] = []
        var entries: [(ids: [Int], states: Tensor)] = []
    }
    private let state = Mutex(State())
    private static let limit = 64

    /// The states [N, L, D] of N prompts; those that are not cached are computed by one call of `encode`.
    func states(of ids: [[Int]], parameters: [TensorMark], encode: ([[Int]]) -> Tensor) -> Tensor {
        let known = state.withLock { state in
            if state.parameters != parameters { (state.parameters, state.entries) = (parameters, []) }
            return ids.map { ids in state.entries.last { $0.ids == ids }?.states }
        }
        let missing = known.indices.filter { known[$0] == nil }
        if missing.isEmpty { return .concatenated(known.compactMap { $0 }, axis: 0) }
        let made = encode(missing.map { ids[$0] })
        if !Cancellation.isCancelled {
            state.withLock { state in
                guard state.parameters == parameters else { return }
                for (row, index) in missing.enumerated() { state.entries.append((ids[index], made.rows(row..<row + 1))) }
                state.entries.removeFirst(max(0, state.entries.count - Self.limit))
            }
        }
        if missing.count == ids.count { return made }
        var rows = missing.indices.map { made.rows($0..<$0 + 1) }[...]
        return .concatenated(known.map { $0 ?? rows.removeFirst() }, axis: 0)
    }
}
