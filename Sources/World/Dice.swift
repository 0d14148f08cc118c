import Glibc
import Tensors

/// Numbers drawn one after another from a stream of counted random numbers: what is drawn depends on the seed and the
/// stream's name alone.
struct Dice {
    private let draw: RandomDraw
    private var index = 0

    /// The numbers of a stream of the world.
    init(seed: Int, _ stream: String) {
        draw = RandomDraw(seed: UInt64(bitPattern: Int64(seed)), stream: "world/" + stream, step: 0)
    }

    /// A number in [0, 1).
    mutating func fraction() -> Double {
        defer { index += 1 }
        return draw.fraction(index: index)
    }

    /// A number of a range, evenly.
    mutating func uniform(_ range: ClosedRange<Double>) -> Double { range.lowerBound + fraction() * (range.upperBound - range.lowerBound) }

    /// A float of a range, evenly.
    mutating func uniform(_ low: Float, _ high: Float) -> Float { low + Float(fraction()) * (high - low) }

    /// A whole number in 0..<bound; 0 for a bound below 2.
    mutating func integer(below bound: Int) -> Int { min(Int(fraction() * Double(max(bound, 1))), max(bound, 1) - 1) }

    /// A whole number of a range.
    mutating func integer(_ range: ClosedRange<Int>) -> Int { range.lowerBound + integer(below: range.count) }

    /// A standard normal number (Box–Muller).
    mutating func normal() -> Double {
        let (a, b) = (1 - fraction(), fraction())
        return (-2 * log(a)).squareRoot() * cos(2 * .pi * b)
    }

    /// Whether something of this probability happens.
    mutating func happens(_ probability: Double) -> Bool { fraction() < probability }

    /// One element of a list that is not empty.
    mutating func choice<T>(_ list: [T]) -> T { list[integer(below: list.count)] }

    /// The places of `count` elements that are drawn without replacement by their weights; fewer where there are fewer.
    mutating func choices(_ count: Int, weights: [Double]) -> [Int] {
        var (left, chosen) = (weights, [Int]())
        while chosen.count < min(count, weights.count) {
            var target = fraction() * left.reduce(0, +)
            guard
                let place = left.indices.first(where: {
                    target -= left[$0]; return target < 0 && left[$0] > 0
                })
                    ?? left.lastIndex(where: { $0 > 0 })
            else { break }
            chosen.append(place)
            left[place] = 0
        }
        return chosen
    }

    /// The numbers 0..<count in random order.
    mutating func shuffled(_ count: Int) -> [Int] {
        var places = Array(0..<count)
        for i in 0..<max(0, count - 1) { places.swapAt(i, i + integer(below: count - i)) }
        return places
    }
}
