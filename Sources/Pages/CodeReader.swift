/// Splits code into pieces for colouring. It never fails: what is no code comes out as it stands, and the pieces together are the code.
struct CodeReader {
    /// The form of a piece.
    enum Form {
        case space, comment, string, escape, number, name, sign, bracket
    }

    /// A piece of code.
    struct Piece {
        let text: String
        let form: Form
        /// Whether a name stands behind a dot, behind `fn`, before `=` in parentheses, or before `:`.
        var isField = false
        var isAfterFunction = false
        var isArgument = false
        var isKey = false
    }

    /// What the reader is within: brackets, or a string whose code it reads.
    private enum Frame: Equatable {
        case parenthesis, brace
        case string(isTriple: Bool)
    }

    private let text: [Unicode.Scalar]
    private var place = 0
    private var frames: [Frame] = []
    private var isInString = false
    private var afterDot = false
    private var afterFunction = false
    /// The deepest nesting that is followed.
    private static let deepest = 64

    init(_ source: String) { text = Array(source.unicodeScalars) }

    /// Returns the next piece; nil at the end.
    mutating func next() -> Piece? {
        guard place < text.count else { return nil }
        if isInString, case .string(let isTriple)? = frames.last { return stringPiece(isTriple: isTriple) }
        let start = place
        let scalar = text[place]
        if scalar.properties.isWhitespace {
            let space = piece(from: start, .space) { $0.properties.isWhitespace }
            // A string of one line ends with it, whatever brackets its code left open.
            if space.text.contains("\n"), let open = frames.firstIndex(of: .string(isTriple: false)) { frames.removeSubrange(open...) }
            return space
        }
        if scalar == "#" { return piece(from: start, .comment) { $0 != "\n" } }
        if scalar == "\"" { return openString(start) }
        if scalar == "r", peek(1) == "\"" { return rawString(start) }
        if ("0"..."9").contains(scalar) { return number(start) }
        if scalar == "_" || scalar.properties.isAlphabetic { return name(start) }
        return sign(start)
    }

    private func peek(_ offset: Int) -> Unicode.Scalar? { place + offset < text.count ? text[place + offset] : nil }

    private func matches(_ words: String) -> Bool {
        let scalars = Array(words.unicodeScalars)
        return place + scalars.count <= text.count && scalars.indices.allSatisfy { text[place + $0] == scalars[$0] }
    }

    private func make(from start: Int, _ form: Form) -> Piece {
        Piece(text: String(String.UnicodeScalarView(text[start..<place])), form: form)
    }

    private mutating func piece(from start: Int, _ form: Form, while belongs: (Unicode.Scalar) -> Bool) -> Piece {
        while place < text.count, belongs(text[place]) { place += 1 }
        return make(from: start, form)
    }

    // MARK: words and signs

    private mutating func name(_ start: Int) -> Piece {
        while let scalar = peek(0), scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) { place += 1 }
        var piece = make(from: start, .name)
        piece.isField = afterDot
        piece.isAfterFunction = afterFunction
        var ahead = place
        while ahead < text.count, text[ahead] == " " { ahead += 1 }
        let (sign, second) = (ahead < text.count ? text[ahead] : " ", ahead + 1 < text.count ? text[ahead + 1] : " ")
        piece.isArgument = frames.last == .parenthesis && sign == "=" && second != "="
        piece.isKey = frames.last == .brace && sign == ":"
        afterDot = false
        afterFunction = piece.text == "fn"
        return piece
    }

    private mutating func number(_ start: Int) -> Piece {
        var previous: Unicode.Scalar = " "
        while let scalar = peek(0) {
            let isPart = scalar == "_" || scalar.properties.isASCIIHexDigit || scalar == "x" && place == start + 1
            let isPoint = scalar == "." && ("0"..."9").contains(peek(1) ?? " ")
            let isExponent = (scalar == "+" || scalar == "-") && (previous == "e" || previous == "E") && text[start] != "0"
            guard isPart || isPoint || isExponent else { break }
            previous = scalar
            place += 1
        }
        afterDot = false
        return make(from: start, .number)
    }

    private mutating func sign(_ start: Int) -> Piece {
        let scalar = text[place]
        place += 1
        afterFunction = false
        afterDot = scalar == "." && peek(0) != "." && (start == 0 || text[start - 1] != ".")
        switch scalar {
        case "(", "[": push(.parenthesis)
        case "{": push(.brace)
        case ")", "]": pop { $0 == .parenthesis }
        case "}":
            if case .string? = frames.last {
                isInString = true
                return make(from: start, .escape)
            }
            pop { $0 == .brace }
        default: return make(from: start, CodeColours.isSign(scalar) ? .sign : .bracket)
        }
        return make(from: start, .bracket)
    }

    private mutating func push(_ frame: Frame) { if frames.count < Self.deepest { frames.append(frame) } }

    private mutating func pop(_ fits: (Frame) -> Bool) { if let last = frames.last, fits(last) { frames.removeLast() } }

    // MARK: strings

    private mutating func openString(_ start: Int) -> Piece {
        let isTriple = matches("\"\"\"")
        place += isTriple ? 3 : 1
        (afterDot, afterFunction) = (false, false)
        // Too deep: the quote alone, and what follows as code.
        guard frames.count < Self.deepest else { return make(from: start, .string) }
        frames.append(.string(isTriple: isTriple))
        isInString = true
        return make(from: start, .string)
    }

    private mutating func rawString(_ start: Int) -> Piece {
        place += 1
        let isTriple = matches("\"\"\"")
        place += isTriple ? 3 : 1
        while place < text.count, isTriple ? !matches("\"\"\"") : text[place] != "\"" && text[place] != "\n" { place += 1 }
        if place < text.count, text[place] == "\"" { place += isTriple ? 3 : 1 }
        (afterDot, afterFunction) = (false, false)
        return make(from: start, .string)
    }

    private mutating func stringPiece(isTriple: Bool) -> Piece {
        let start = place
        while let scalar = peek(0) {
            if scalar == "\"", !isTriple || matches("\"\"\"") {
                place += isTriple ? 3 : 1
                endString()
                break
            }
            if scalar == "\n", !isTriple {
                endString()
                break
            }
            if scalar == "\\" || (scalar == "{" || scalar == "}") && peek(1) == scalar {
                if place > start { break }
                place = min(text.count, place + 2)
                return make(from: start, .escape)
            }
            if scalar == "{" {
                if place > start { break }
                place += 1
                isInString = false
                return make(from: start, .escape)
            }
            place += 1
        }
        // A line that ends an unfinished string stands outside.
        return place > start ? make(from: start, .string) : piece(from: start, .space) { $0 == "\n" }
    }

    private mutating func endString() {
        frames.removeLast()
        // A string within the code of another one: the code goes on.
        isInString = false
    }
}
