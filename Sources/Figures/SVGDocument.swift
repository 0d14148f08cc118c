import Images

/// Completes an SVG document of cairo's.
enum SVGDocument {
    /// The document with a title and a description (cairo draws letters as shapes, so its texts could be neither searched
    /// nor read aloud), and with names that do not depend on what this process drew before.
    static func finished(_ svg: String, title: String, description: String, metadata: PNGMetadata) -> String {
        var svg = renumbered(svg)
        guard let start = svg.range(of: "<svg "), let end = svg.range(of: ">", in: start.upperBound) else { return svg }
        let entries = metadata.entries.map {
            "\n<entry xmlns=\"urn:bas:made-from\" key=\"\(escaped($0.key))\">\(escaped($0.text, keepsLines: true))</entry>"
        }
        let texts =
            "\n<title>\(escaped(title))</title>\n<desc>\(escaped(description))</desc>"
            + (entries.isEmpty ? "" : "\n<metadata>\(entries.joined())\n</metadata>")
        svg.insert(contentsOf: texts, at: end.upperBound)
        svg.insert(contentsOf: "role=\"img\" ", at: start.upperBound)
        return svg
    }

    /// The document with surfaces and images numbered from 1: cairo counts them through the whole process.
    private static func renumbered(_ svg: String) -> String {
        let prefixes = ["surface", "image", "source"]
        var (out, rest, numbers) = ("", Substring(svg), [Substring: Int]())
        // Names follow a quote or a hash: id="surface5", href="#image7", url(#…).
        while let place = rest.firstIndex(where: { $0 == "\"" || $0 == "#" }) {
            let next = rest.index(after: place)
            out += rest[..<next]
            rest = rest[next...]
            guard let prefix = prefixes.first(where: { rest.hasPrefix($0) }) else { continue }
            let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
            guard word.count > prefix.count, word.dropFirst(prefix.count).allSatisfy({ $0.isNumber || $0 == "-" }) else { continue }
            let number = numbers[word] ?? numbers.count + 1
            numbers[word] = number
            out += "\(prefix)\(number)"
            rest = rest[word.endIndex...]
        }
        return out + rest
    }

    /// The text escaped for XML, control characters as spaces; `keepsLines`: line breaks and tabs stay.
    private static func escaped(_ text: String, keepsLines: Bool = false) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "\n" where keepsLines, "\t" where keepsLines: out.unicodeScalars.append(scalar)
            case "&": out += "&amp;"
            case _ where scalar.properties.generalCategory == .control: out += " "
            // XML 1.0 does not allow these two.
            case "\u{FFFE}", "\u{FFFF}": out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}

extension String {
    /// The first place of a text, from `start` on.
    fileprivate func range(of text: String, in start: String.Index? = nil) -> Range<String.Index>? {
        self[(start ?? startIndex)...].firstRange(of: text)
    }
}
