/// Decides which addresses of a notebook's prose reach a page.
enum SafeAddress {
    private static let schemes: Set<String> = ["http", "https", "mailto"]

    /// Returns whether an address begins with one of the schemes that links may have.
    static func hasScheme(_ address: String) -> Bool {
        address.firstIndex(of: ":").map { schemes.contains(address[..<$0].lowercased()) } ?? false
    }

    /// Returns the address of a link as it may stand in `href`, not yet escaped for HTML; nil for one that could run a script or lead to the
    /// reader's own files. Allowed are http, https and mailto, paths relative to the page, and fragments.
    static func link(_ address: String) -> String? {
        // Browsers leave out tabs and line ends wherever they stand, and control characters at the start: "java\nscript:" is a script.
        let text = address.unicodeScalars.filter { $0.value > 0x20 && !(0x7F...0x9F).contains($0.value) || $0 == " " }
        let clean = encoded(String(String.UnicodeScalarView(text)).trimmingSpaces)
        guard !clean.isEmpty else { return nil }
        let head = clean.prefix { !"/?#".contains($0) }
        if let colon = head.firstIndex(of: ":") {
            return schemes.contains(head[..<colon].lowercased()) ? clean : nil
        }
        // "//host" is another server, or a file share where the page is a file; "/path" is a file of the reader's machine.
        return clean.hasPrefix("/") ? nil : clean
    }

    /// Returns the path of a picture of the notebook's folder, without percent signs' codes; nil for an address elsewhere: absolute, of
    /// another server, or with a step upwards.
    static func picture(_ address: String) -> String? {
        guard let path = decoded(address), !path.isEmpty, !path.hasPrefix("/"), !path.contains("\\"), !path.contains(":"),
            !path.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        else { return nil }
        let steps = path.split(separator: "/", omittingEmptySubsequences: false)
        guard steps.allSatisfy({ !$0.isEmpty && $0 != ".." }) else { return nil }
        let plain = steps.filter { $0 != "." }.joined(separator: "/")
        return plain.isEmpty ? nil : plain
    }

    /// Returns the address with the characters in percent codes that a URL cannot hold. A backslash is one of them: browsers read it as a
    /// slash.
    private static func encoded(_ address: String) -> String {
        var result = ""
        for scalar in address.unicodeScalars {
            if " \"<>\\^`{|}'".unicodeScalars.contains(scalar) {
                let code = String(scalar.value, radix: 16, uppercase: true)
                result += "%" + (code.count < 2 ? "0" : "") + code
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Returns the path of a file as it stands in a URL.
    static func encodedPath(_ path: String) -> String {
        path.utf8.map { byte in
            let isPlain =
                byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || (48...57).contains(byte) || "/-._~".utf8.contains(byte))
            let code = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(Unicode.Scalar(byte)) : "%" + (code.count < 2 ? "0" : "") + code
        }.joined()
    }

    /// Returns the text with percent codes read; nil where they are no UTF-8.
    private static func decoded(_ address: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(address.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let high = digit(rest[rest.startIndex]),
                let low = digit(rest[rest.startIndex + 1])
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? { Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) } }
}

extension StringProtocol {
    /// The text without blanks and line ends at both ends.
    var trimmingSpaces: String {
        let blanks: Set<Character> = [" ", "\t", "\n", "\r", "\r\n"]
        var part = self[...]
        while let first = part.first, blanks.contains(first) { part = part.dropFirst() }
        while let last = part.last, blanks.contains(last) { part = part.dropLast() }
        return String(part)
    }
}
