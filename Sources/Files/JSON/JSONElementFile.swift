// Lists of a JSON file that is too large to hold as values: read piece by piece, one element in memory at a time.
import Cancelling

/// Reads the elements of lists that are members of a file's outermost object, `{"images": [...], "annotations": [...]}`, one after another.
/// Memory holds a piece of the file and one element, whatever the file's size.
public struct JSONElementFile {
    /// What is wrong with a file, and at which byte.
    public struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
        /// The place in the file.
        public let offset: Int
        /// What is wrong there.
        public let reason: String

        /// The fault in words, without a full stop.
        public var description: String { "\(reason) at byte \(offset)" }
    }

    /// The most bytes of an element.
    public static let elementLimit = 64 << 20

    private let file: ReadableFile
    private var piece: [UInt8] = []
    /// The place of the piece in the file, and of the next byte in the piece.
    private var start = 0, place = 0
    /// The bytes of the element that is read.
    private var element: [UInt8] = []
    private var keeps = false
    private let pieceSize: Int

    /// Opens a file. Throws ``FileError``.
    public init(_ path: String, pieceSize: Int = 1 << 20) throws(FileError) {
        file = try ReadableFile(path)
        self.pieceSize = max(1, pieceSize)
    }

    /// Calls `body` for each element of the lists that `keys` names, with the list's key, the element's place in it, and the element as JSON.
    /// Members of elements whose keys are in `omitting` are read as null, without the cost of making values of them. An element for which
    /// `isWanted` is false is passed over.
    ///
    /// Throws `Fault` where the file is no JSON object or is cut short, ``FileError``, `CancellationError`, and what `body` throws. What is
    /// passed over is checked for its brackets and strings only.
    public mutating func forEach(
        of keys: Set<String>, omitting: Set<String> = [], isWanted: (_ key: String, _ index: Int) -> Bool = { _, _ in true },
        _ body: (_ key: String, _ index: Int, _ element: JSON) throws -> Void
    ) throws {
        (start, place, piece) = (0, 0, [])
        try expect(UInt8(ascii: "{"), "an object")
        if try takes(UInt8(ascii: "}")) { return }
        repeat {
            let key = try self.key()
            if keys.contains(key), try peekToken() == UInt8(ascii: "[") {
                try list(key, omitting, isWanted, body)
            } else {
                try value()
            }
        } while try takes(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"), "',' or '}'")
    }

    private mutating func list(
        _ key: String, _ omitting: Set<String>, _ isWanted: (String, Int) -> Bool, _ body: (String, Int, JSON) throws -> Void
    ) throws {
        try expect(UInt8(ascii: "["), "a list")
        if try takes(UInt8(ascii: "]")) { return }
        var index = 0
        repeat {
            if index % 256 == 0 { try Cancellation.check() }
            keeps = isWanted(key, index)
            let offset = start + place
            element.removeAll(keepingCapacity: true)
            if keeps, !omitting.isEmpty, try peekToken() == UInt8(ascii: "{") {
                try object(omitting)
            } else {
                try value()
            }
            if keeps {
                keeps = false
                let json: JSON
                do { json = try JSON.parse(element) } catch { throw Fault(offset: offset + error.offset, reason: "\(error)") }
                try body(key, index, json)
            }
            index += 1
        } while try takes(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"), "',' or ']'")
    }

    /// Reads an object whose members of these keys become null.
    private mutating func object(_ omitting: Set<String>) throws {
        try expect(UInt8(ascii: "{"), "an object")
        if try takes(UInt8(ascii: "}")) { return }
        repeat {
            if omitting.contains(try key()) {
                keeps = false
                try value()
                keeps = true
                element.append(contentsOf: Array("null".utf8))
            } else {
                try value()
            }
        } while try takes(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"), "',' or '}'")
    }

    // MARK: tokens

    /// Reads a member's key and the colon after it.
    private mutating func key() throws -> String {
        guard try peekToken() == UInt8(ascii: "\"") else { throw fault("there is no key in quotation marks") }
        var bytes: [UInt8] = []
        try string { bytes.append($0) }
        guard case .string(let key)? = try? JSON.parse(bytes) else { throw fault("a key is no string") }
        try expect(UInt8(ascii: ":"), "':'")
        return key
    }

    /// Reads a value, and checks that brackets and strings end.
    private mutating func value() throws {
        guard let first = try peekToken() else { throw fault("the file ends where a value is to be") }
        var depth = 0
        switch first {
        case UInt8(ascii: "\""): return try string { _ in }
        case UInt8(ascii: "{"), UInt8(ascii: "["): break
        default:
            while let byte = try peek(), !Self.ends.contains(byte) { take(byte) }
            return
        }
        repeat {
            guard let byte = try peek() else { throw fault("the file ends within a value") }
            switch byte {
            case UInt8(ascii: "\""): try string { _ in }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                take(byte)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                take(byte)
            default: take(byte)
            }
            guard element.count <= Self.elementLimit else { throw fault("an element has more than \(Self.elementLimit >> 20) MiB") }
        } while depth > 0
    }

    private static let ends = Set(",]} \n\r\t".utf8)

    private mutating func string(_ visit: (UInt8) -> Void) throws {
        var (isFirst, isEscaped) = (true, false)
        while let byte = try peek() {
            take(byte)
            visit(byte)
            if !isFirst, !isEscaped, byte == UInt8(ascii: "\"") { return }
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            isFirst = false
            guard element.count <= Self.elementLimit else { throw fault("a string has more than \(Self.elementLimit >> 20) MiB") }
        }
        throw fault("the file ends within a string")
    }

    private mutating func expect(_ byte: UInt8, _ words: String) throws {
        guard try takes(byte) else { throw fault("\(words) is expected") }
    }

    private mutating func takes(_ byte: UInt8) throws -> Bool {
        guard try peekToken() == byte else { return false }
        take(byte)
        return true
    }

    /// Returns the next byte that is no white space.
    private mutating func peekToken() throws -> UInt8? {
        while let byte = try peek() {
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            place += 1
        }
        return nil
    }

    @inline(__always) private mutating func take(_ byte: UInt8) {
        if keeps { element.append(byte) }
        place += 1
    }

    @inline(__always) private mutating func peek() throws -> UInt8? {
        if place < piece.count { return piece[place] }
        return try refill()
    }

    private mutating func refill() throws -> UInt8? {
        try Cancellation.check()
        start += piece.count
        place = 0
        let count = min(pieceSize, file.size - start)
        if piece.count != count { piece = [UInt8](repeating: 0, count: max(0, count)) }
        guard count > 0 else { return nil }
        let (file, start) = (file, start)
        try piece.withUnsafeMutableBytes { buffer in try file.read(into: buffer, at: start) }
        return piece[0]
    }

    private func fault(_ reason: String) -> Fault { Fault(offset: start + place, reason: reason) }
}
