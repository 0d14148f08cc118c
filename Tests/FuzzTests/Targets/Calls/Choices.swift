/// Where a generator's choices come from: numbers that follow from a seed, or the bytes of a fuzzer, which then can keep
/// what was good and change a little of it.
struct Choices {
    private enum Source {
        case seed(UInt64)
        case bytes(ArraySlice<UInt8>)
    }
    private var source: Source

    /// Seeds lie apart by another odd number than steps do: else every seed would give the numbers of the one before it, but for the
    /// first.
    init(seed: Int) { source = .seed(UInt64(truncatingIfNeeded: seed) &* 0xD134_2543_DE82_EF95 &+ 1) }
    init(bytes: [UInt8]) { source = .bytes(bytes[...]) }

    /// 0 ..< count. Bytes that have come to their end give 0.
    mutating func below(_ count: Int) -> Int {
        switch source {
        case .seed(var state):
            // SplitMix64.
            state &+= 0x9E37_79B9_7F4A_7C15
            source = .seed(state)
            var number = state
            number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
            number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((number ^ (number >> 31)) % UInt64(max(1, count)))
        case .bytes(var rest):
            let number = (0..<(count > 256 ? 2 : 1)).reduce(0) { sum, _ in sum << 8 | Int(rest.popFirst() ?? 0) }
            source = .bytes(rest)
            return number % max(1, count)
        }
    }

    /// True so many times in a hundred.
    mutating func chance(_ percent: Int) -> Bool { below(100) >= 100 - percent }

    mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }
}
