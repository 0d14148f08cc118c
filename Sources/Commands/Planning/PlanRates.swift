import Tensors

/// How fast this machine does what plans count.
struct PlanRates: Sendable {
    /// Operations a second of products that stay in cache.
    let products: Double

    static func measured() -> PlanRates { PlanRates(products: Tensor.productPeak()) }

    /// Seconds of a training step, and of drawing, of so many operations: the share of the products' rate that all of
    /// them reach on the way, norms and softmax and laying out of weights included.
    func training(_ operations: Double) -> Double { operations / (products * 0.5) }
    func drawing(_ operations: Double) -> Double { operations / (products * 0.6) }

    /// Bytes of weights a second from a warm disk, laid out as they are kept.
    static let reading = 1e9
}
