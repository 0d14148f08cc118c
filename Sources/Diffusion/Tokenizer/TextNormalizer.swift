// CLIP's normalization of a text: NFC, blanks to single spaces, lower case.

// Unicode normalization without Foundation, loading which would cost every start of the program more than all of this.
@_spi(_Unicode) import Swift

enum TextNormalizer {
    /// The normalized text. Lower case is taken character by character ("ΣΑΣ" ends in σ, not ς), and after NFC, as in the
    /// tokenizers library.
    static func normalize(_ text: some StringProtocol) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.utf8.count)
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            for scalar in text.unicodeScalars { append(scalar, to: &result) }
        } else {
            for scalar in String(text)._nfc { append(scalar, to: &result) }
        }
        return result
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout [Unicode.Scalar]) {
        if CharacterClass(scalar) == .blank {
            if result.last != " " { result.append(" ") }
        } else if scalar.isASCII {
            let isUpper = ("A"..."Z").contains(scalar)
            result.append(isUpper ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
        } else {
            result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
    }
}

/// The classes of characters that CLIP's regular expression distinguishes.
enum CharacterClass {
    case letter, number, blank, other

    init(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            switch scalar {
            case "a"..."z", "A"..."Z": self = .letter
            case "0"..."9": self = .number
            case " ", "\t", "\n", "\r", "\u{B}", "\u{C}": self = .blank
            default: self = .other
            }
            return
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            self = .letter
        case .decimalNumber, .letterNumber, .otherNumber: self = .number
        default: self = scalar.properties.isWhitespace ? .blank : .other
        }
    }
}
