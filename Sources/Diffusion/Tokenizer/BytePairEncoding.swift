// Byte-level byte-pair encoding with a suffix at the end of words, as CLIP uses it.
import Synchronization
import Tensors

/// A vocabulary and its merges. Immutable, except for a cache of words.
final class BytePairEncoding: Sendable {
    /// A merge: two tokens become one.
    struct Merge: Sendable {
        let left: Int
        let right: Int
        let result: Int
    }

    static let endOfWord = "</w>"
    /// The spelling of every id.
    let tokens: [String]
    /// In the order of their rank.
    let merges: [Merge]
    private let ids: [ExactString: Int]
    private let ranks: [Pair: Int32]
    /// The id of each byte inside a word and of each at the end of one; the unknown token for lacking ones.
    private let byteIDs: [Int]
    private let lastByteIDs: [Int]
    private let cache = Mutex<[[UInt8]: [Int]]>([:])

    private struct Pair: Hashable {
        let left: Int32
        let right: Int32
    }

    /// `unknown` stands for bytes that the vocabulary lacks.
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

    /// Applies the merge of lowest rank, the leftmost of equals, until none applies.
    private func merge(_ bytes: [UInt8]) -> [Int] {
        guard let last = bytes.last else { return [] }
        var symbols = bytes.dropLast().map { byteIDs[Int($0)] }
        symbols.append(lastByteIDs[Int(last)])
        var pairRanks = (0..<symbols.count - 1).map { rank(symbols[$0], symbols[$0 + 1]) }
        while let best = pairRanks.min(), best < .max, let place = pairRanks.firstIndex(of: best) {
            symbols[place] = merges[Int(best)].result
            symbols.remove(at: place + 1)
            pairRanks.remove(at: place)
            if place > 0 { pairRanks[place - 1] = rank(symbols[place - 1], symbols[place]) }
            if place < pairRanks.count { pairRanks[place] = rank(symbols[place], symbols[place + 1]) }
        }
        return symbols
    }

    /// `Int32.max` where the pair does not merge.
    private func rank(_ left: Int, _ right: Int) -> Int32 {
        ranks[Pair(left: Int32(left), right: Int32(right))] ?? .max
    }
}
