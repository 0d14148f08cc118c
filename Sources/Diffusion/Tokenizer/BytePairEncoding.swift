// Byte-level byte-pair encoding with a suffix at the end of words, as CLIP uses it.
import Synchronization
import Tensors

/// A vocabulary and its merges. Immutable, except for a cache of words.
final class BytePairEncoding: Sendable {
    /// Two tokens that are merged into one.
    struct Merge: Sendable {
        let left: Int
        let right: Int
        let result: Int
    }

    static let endOfWord = "</w>"
    /// The spelling of every id.
    let tokens: [String]
    /// The merges in the order of their rank.
    let merges: [Merge]
    private let ids: [ExactString: Int]
    private let ranks: [Pair: Int32]
    /// The id of each byte inside of a word; the unknown token where the vocabulary lacks it.
    private let byteIDs: [Int]
    /// The id of each byte at the end of a word; the unknown token where the vocabulary lacks it.
    private let lastByteIDs: [Int]
    private let cache = Mutex<[[UInt8]: [Int]]>([:])

    private struct Pair: Hashable {
        let left: Int32
        let right: Int32
    }

    /// `unknown`: the id that stands for bytes that the vocabulary lacks.
    init(tokens: [String], ids: [ExactString: Int], merges: [Merge], unknown: Int) {
        self.tokens = tokens
        self.ids = ids
        self.merges = merges
        var ranks: [Pair: Int32] = [:]
        ranks.reserveCapacity(merges.count)
        for (rank, merge) in merges.enumerated() {
            ranks[Pair(left: Int32(merge.left), right: Int32(merge.right))] = Int32(rank)
        }
        self.ranks = ranks
        byteIDs = ByteAlphabet.characters.map { ids[ExactString(String($0))] ?? unknown }
        lastByteIDs = ByteAlphabet.characters.map { ids[ExactString("\($0)\(Self.endOfWord)")] ?? unknown }
    }

    var count: Int { tokens.count }

    func id(_ token: String) -> Int? { ids[ExactString(token)] }

    /// The ids of one word.
    func encode(_ word: ArraySlice<Unicode.Scalar>) -> [Int] {
        let bytes = word.flatMap { UTF8.encode($0).map(Array.init) ?? [] }
        if let known = cache.withLock({ $0[bytes] }) { return known }
        let encoded = merge(bytes)
        if bytes.count < 256 {
            cache.withLock { cache in
                if cache.count >= 10_000 { cache.removeAll(keepingCapacity: true) }
                cache[bytes] = encoded
            }
        }
        return encoded
    }

    /// Applies the merge of lowest rank, and the leftmost of several, until none applies, in time n log n for a word of n
    /// bytes. Ends early where the work is cancelled.
    private func merge(_ bytes: [UInt8]) -> [Int] {
        guard let last = bytes.last else { return [] }
        var symbols = bytes.dropLast().map { byteIDs[Int($0)] } + [lastByteIDs[Int(last)]]
        // The places of each symbol's neighbours. A symbol that was merged into the one before it is -1.
        var (next, previous) = (Array(1...symbols.count), Array(-1..<symbols.count - 1))
        var queue = MergeQueue()
        func enqueue(_ place: Int) {
            guard place >= 0, next[place] < symbols.count else { return }
            let rank = rank(symbols[place], symbols[next[place]])
            if rank < .max { queue.insert(rank: Int(rank), place: place) }
        }
        symbols.indices.forEach(enqueue)
        var steps = 0
        while let (best, place) = queue.removeFirst() {
            steps &+= 1
            if steps & 0xFFFF == 0, Cancellation.isCancelled { break }
            let gone = next[place]
            // Either symbol may have changed since the pair was queued.
            guard symbols[place] >= 0, gone < symbols.count, Int(rank(symbols[place], symbols[gone])) == best else { continue }
            symbols[place] = merges[best].result
            symbols[gone] = -1
            next[place] = next[gone]
            if next[gone] < symbols.count { previous[next[gone]] = place }
            enqueue(previous[place])
            enqueue(place)
        }
        return symbols.filter { $0 >= 0 }
    }

    /// The rank of a pair's merge; `Int32.max` where the pair does not merge.
    private func rank(_ left: Int, _ right: Int) -> Int32 {
        ranks[Pair(left: Int32(left), right: Int32(right))] ?? .max
    }
}

/// Merges that may be applied, in the order of rank and then of place: a binary heap.
private struct MergeQueue {
    /// The rank in the upper half, the place in the lower.
    private var keys: [Int] = []

    mutating func insert(rank: Int, place: Int) {
        keys.append(rank << 32 | place)
        var child = keys.count - 1
        while child > 0, keys[child] < keys[(child - 1) / 2] {
            keys.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() -> (rank: Int, place: Int)? {
        guard let first = keys.first, let last = keys.popLast() else { return nil }
        if !keys.isEmpty {
            keys[0] = last
            sink()
        }
        return (first >> 32, first & 0xFFFF_FFFF)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < keys.count else { return }
            if child + 1 < keys.count, keys[child + 1] < keys[child] { child += 1 }
            guard keys[child] < keys[parent] else { return }
            keys.swapAt(child, parent)
            parent = child
        }
    }
}
