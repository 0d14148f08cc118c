import Tensors

/// Pseudo-random numbers that belong to the tests alone (SplitMix64), so that a fault in the engine's generator cannot hide one elsewhere.
public struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    /// Creates a generator with a seed.
    public init(seed: UInt64) { state = seed }

    /// Creates a generator whose seed is a hash of a name, the same in every run (unlike `Hasher`).
    public init(seed name: String) {
        state = name.utf8.reduce(5381) { $0 &* 33 &+ UInt64($1) }
    }

    /// Returns the next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Returns numbers uniform in `range`, rounded to float32.
    public mutating func array(_ count: Int, in range: ClosedRange<Double> = -1...1) -> [Float] {
        (0..<count).map { _ in Float(Double.random(in: range, using: &self)) }
    }

    /// Returns a tensor of numbers uniform in `range`.
    public mutating func tensor(_ shape: [Int], in range: ClosedRange<Double> = -1...1) -> Tensor {
        Tensor(array(shape.reduce(1, *), in: range), shape: shape)
    }
}
