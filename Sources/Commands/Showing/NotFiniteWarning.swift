import Language
import Tensors

extension Call {
    /// Warns where a tensor that becomes a picture holds NaN or infinite numbers, for which there is no colour.
    func warnOfNotFinite(_ tensor: Tensor, _ argument: String?, help: String? = nil) {
        // Cancelled work leaves arbitrary numbers; whether it was cancelled is certain only after the search.
        guard tensor.contains(where: { !$0.isFinite }), !Cancellation.isCancelled else { return }
        let found = TensorStatistics(tensor)
        let infinite = found.infinite.below + found.infinite.above
        let counts = [(found.notANumber, "NaN"), (infinite, "infinite")].filter { $0.0 > 0 }.map { "\($0) are \($1)" }
        let drawn = [(found.notANumber, "NaN"), (found.infinite.below, "-Inf")].filter { $0.0 > 0 }.map(\.1)
        let colours =
            (drawn.isEmpty ? [] : ["\(drawn.joined(separator: " and ")) as black"]) + (found.infinite.above > 0 ? ["+Inf as white"] : [])
        context.warn(
            .notFinite,
            "\(builtin.name): of \(tensor.count) numbers \(counts.joined(separator: " and ")); drawn \(colours.joined(separator: ", "))",
            argument: argument, label: found.warnings.joined(separator: " "), help: help)
    }
}
