import Language

/// The chapters of the reference that this target adds, and what calls of their builtins cost.
extension Family {
    static let models = Family("models", cost: .engine)
    static let scenes = Family("scenes", cost: .detachable(from: pixels))
    static let world = Family("world", cost: .engine)
    /// Training asks for a stop at every step, and keeps what was learned.
    static let training = Family("training", trains: true)
    static let generation = Family("generation", cost: .engine)
    static let attention = Family("attention", cost: .engine)
    static let method = Family("method", cost: .engine)
    /// Its commands ask for a stop between runs and pictures, and keep what was measured.
    static let evaluation = Family("evaluation")
    static let tensors = Family("tensors", cost: .engine)
    static let randomness = Family("randomness", cost: .engine)
    static let masks = Family("masks", cost: .detachable(from: pixels))
    static let pictures = Family("pictures", cost: .detachable(from: pixels))
    static let figures = Family("figures", cost: .detachable())

    /// The size from which pictures and masks are worth a thread of their own: making one takes little time compared with a picture of this
    /// size, but much compared with the area of a small mask.
    static let pixels = 1 << 20
}
