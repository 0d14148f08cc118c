import Tensors
import Testing

/// Returns the largest difference between what the engine computed and the reference, relative to the reference's range; infinite where
/// shapes differ or a value is not a number.
public func relativeError(_ tensor: Tensor, _ reference: Reference) -> Double {
    guard tensor.shape == reference.shape else { return .infinity }
    return relativeError(tensor.values, reference.values)
}

/// Returns the largest difference of the values, relative to the reference's range; infinite where the counts differ or a value is not a
/// number.
public func relativeError(_ values: [Float], _ reference: [Double]) -> Double {
    guard values.count == reference.count else { return .infinity }
    let range = reference.reduce(0) { max($0, abs($1)) }
    var worst = 0.0
    for (value, expected) in zip(values, reference) where Double(value) != expected {
        let difference = abs(Double(value) - expected)
        guard difference.isFinite else { return .infinity }
        worst = max(worst, difference)
    }
    return worst == 0 ? 0 : worst / max(range, 1e-30)
}

/// Expects `tensor` to equal the reference within `tolerance` of its range.
public func expectClose(
    _ tensor: Tensor, _ reference: Reference, within tolerance: Double, _ what: String = "",
    at location: SourceLocation = #_sourceLocation
) {
    let error = relativeError(tensor, reference)
    #expect(
        error <= tolerance, "\(what): \(tensor.shape) for \(reference.shape), off by \(error) of the range",
        sourceLocation: location)
}
