import Tensors

/// The speed at which this machine does what plans count.
struct PlanRates: Sendable {
    /// The rate of products that stay in cache, in operations a second.
    let products: Double

    static func measured() -> PlanRates { PlanRates(products: Tensor.productPeak()) }

    /// Returns the seconds of a training step of so many operations, at the share of the products' rate that all of its work reaches,
    /// norms, softmax and the layout of weights included.
    func training(_ operations: Double) -> Double { operations / (products * 0.5) }
    /// Returns the seconds of drawing with so many operations.
    func drawing(_ operations: Double) -> Double { operations / (products * 0.6) }

    /// The rate of reading weights from a warm disk, in bytes a second, with their layout.
    static let reading = 1e9
}
