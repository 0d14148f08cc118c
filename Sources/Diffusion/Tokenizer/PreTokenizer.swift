// CLIP's regular expression, written as a scanner:
// <\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+

enum PreTokenizer {
    /// The words of a normalized text in order; blanks are dropped.
    static func words(_ text: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
        var words: [ArraySlice<Unicode.Scalar>] = []
        var position = 0
        while position < text.count {
            let start = position
            if let parts = specialLength(text, at: start) {
                for part in parts {
                    words.append(text[position..<position + part])
                    position += part
                }
                continue
            }
            switch CharacterClass(text[start]) {
            case .blank:
                position += 1
                continue
            case .number: position += 1
            case .letter: position = end(of: .letter, text, from: start)
            case .other:
                let contraction = contractionLength(text, at: start)
                position = contraction.map { start + $0 } ?? end(of: .other, text, from: start)
            }
            words.append(text[start..<position])
        }
        return words
    }

    private static func end(of kind: CharacterClass, _ text: [Unicode.Scalar], from start: Int) -> Int {
        var position = start + 1
        while position < text.count, CharacterClass(text[position]) == kind { position += 1 }
        return position
    }

    private static let contractions: [[Unicode.Scalar]] =
        ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Array($0.unicodeScalars) }

    private static func contractionLength(_ text: [Unicode.Scalar], at start: Int) -> Int? {
        guard text[start] == "'" else { return nil }
        return contractions.first { text[start...].starts(with: $0) }?.count
    }

    private static let specials: [[Unicode.Scalar]] =
        ["<|startoftext|>", "<|endoftext|>"].map { Array($0.unicodeScalars) }

    /// The lengths of the parts of "<|startoftext|>" and "<|endoftext|>", where they were not found as tokens before: the
    /// expression takes them as wholes, and the byte-level step after it splits them again into `<|`, the word and `|>`.
    private static func specialLength(_ text: [Unicode.Scalar], at start: Int) -> [Int]? {
        guard text[start] == "<", let special = specials.first(where: { text[start...].starts(with: $0) })
        else { return nil }
        return [2, special.count - 4, 2]
    }
}
