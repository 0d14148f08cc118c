import Testing

@testable import Language

@Suite struct SuggestionTests {
    private static let names = ["steps", "attention_weight", "lr", "guidance", "seed", "phase1", "phase2"]

    @Test(arguments: [
        ("stps", "steps"), ("step", "steps"), ("STEPS", "steps"), ("setps", "steps"),
        ("attentionweight", "attention_weight"),
        ("AttentionWeight", "attention_weight"), ("guidence", "guidance"), ("sed", "seed"),
        ("phase3", "phase1"),
    ])
    func offers(_ word: String, _ expected: String) {
        #expect(nearestName(word, among: Self.names) == expected)
    }

    /// Nothing is offered where less than half of the word would stay.
    @Test(arguments: ["xyz", "q", "lx", "loss", "temperature", "", "weights_of_all", "ab"])
    func offersNothing(_ word: String) {
        #expect(nearestName(word, among: Self.names) == nil)
    }

    @Test(arguments: [
        ("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 1), ("abcd", "acbd", 1), ("same", "same", 0),
        ("ca", "abc", 3),
    ])
    func distance(_ a: String, _ b: String, _ expected: Int) {
        #expect(editDistance(Array(a), Array(b)) == expected)
        for limit in 0...4 { #expect(editDistance(Array(a), Array(b), limit: limit) == min(expected, limit + 1)) }
    }
}
