import Glibc

/// Operations on texts of any length that a requested stop can end: each throws `.interrupted`. Texts are compared by characters: "e" does
/// not occur in "é", however that is encoded, and two encodings of one character are equal.
enum TextSearch {
    /// The number of bytes processed between two checks for a requested stop.
    private static let window = 1 << 22

    /// Returns the first `limit` places of `part` in `text`, from left to right without overlaps, in UTF-8 offsets.
    static func occurrences(of part: String, in text: String, limit: Int = .max) throws -> [Range<Int>] {
        guard !part.isEmpty else { return [] }
        var (part, text) = (part, text)
        part.makeContiguousUTF8()
        text.makeContiguousUTF8()
        // Among plain bytes every byte is a character.
        let plain = try text.utf8.withContiguousStorageIfAvailable { text in
            try part.utf8.withContiguousStorageIfAvailable { part -> [Range<Int>]? in
                guard try isPlain(text), try isPlain(part) else { return nil }
                return try places(of: part, in: text, limit)
            } ?? nil
        }
        if let plain = plain ?? nil { return plain }
        return try places(of: try characters(part), in: try characters(text), limit)
    }

    /// Returns whether `part` occurs in `text`.
    static func contains(_ text: String, _ part: String) throws -> Bool {
        if part.isEmpty { return true }
        let search: @Sendable () throws -> Bool = { try !occurrences(of: part, in: text, limit: 1).isEmpty }
        return try Interrupt.current.map { try Aside.run(extent: text.utf8.count, $0, search) } ?? search()
    }

    /// Returns the parts of a text before, between and behind the ranges, in UTF-8 offsets.
    static func pieces(_ text: String, between ranges: [Range<Int>]) throws -> [String] {
        var (bytes, start) = (text, 0)
        bytes.makeContiguousUTF8()
        return try bytes.utf8.withContiguousStorageIfAvailable { bytes in
            try (ranges + [bytes.count..<bytes.count]).polledMap { range in
                defer { start = range.upperBound }
                return String(decoding: bytes[start..<range.lowerBound], as: UTF8.self)
            }
        } ?? [text]
    }

    /// Returns the text `count` times in a row.
    static func repeated(_ text: String, _ count: Int) throws -> String {
        let size = text.utf8.count
        if size == 0 { return "" }
        guard size * count > window, size < window else {
            // Few pieces, or large ones, are appended one by one.
            return try (0..<count).reduce(into: "") { result, _ in
                if size >= window { try Interrupt.current?.check() }
                result += text
            }
        }
        let inPiece = window / size
        let piece = String(repeating: text, count: inPiece)
        var result = ""
        result.reserveCapacity(size * count)
        for _ in 0..<count / inPiece {
            try Interrupt.current?.check()
            result += piece
        }
        result += String(repeating: text, count: count % inPiece)
        return result
    }

    /// Returns the characters at `places` of a text that has `count` characters.
    static func picked(_ text: String, _ places: StrideTo<Int>, of count: Int) throws -> String {
        var (steps, poll) = (places.makeIterator(), Poll())
        guard let first = steps.next() else { return "" }
        var bytes = text
        bytes.makeContiguousUTF8()
        if bytes.utf8.count == count {
            // Every byte is a character.
            let plain = try bytes.utf8.withContiguousStorageIfAvailable { bytes in
                String(decoding: try places.polledMap { bytes[$0] }, as: UTF8.self)
            }
            if let plain { return plain }
        }
        var (result, place, index) = ("", 0, bytes.startIndex)
        if first > count / 2 { (place, index) = (count, bytes.endIndex) }
        var next: Int? = first
        while let wanted = next {
            while place < wanted {
                try poll.step()
                bytes.formIndex(after: &index)
                place += 1
            }
            while place > wanted {
                try poll.step()
                bytes.formIndex(before: &index)
                place -= 1
            }
            result.append(bytes[index])
            next = steps.next()
        }
        return result
    }

    /// Returns the characters of a text.
    static func characters(_ text: String) throws -> [Character] { try text.polledMap { $0 } }

    /// Returns the number of characters.
    static func count(_ text: String) throws -> Int {
        var bytes = text
        bytes.makeContiguousUTF8()
        if try bytes.utf8.withContiguousStorageIfAvailable({ try isPlain($0) }) == true { return text.utf8.count }
        var count = 0
        try text.polledForEach { _ in count += 1 }
        return count
    }

    /// Returns the text without the characters at its ends for which `isUnwanted` returns true.
    static func trimmed(_ text: String, _ isUnwanted: (Character) -> Bool) throws -> String {
        var (start, end, poll) = (text.startIndex, text.endIndex, Poll())
        while start < end, isUnwanted(text[start]) {
            try poll.step()
            text.formIndex(after: &start)
        }
        while start < end {
            try poll.step()
            let last = text.index(before: end)
            guard isUnwanted(text[last]) else { break }
            end = last
        }
        return String(text[start..<end])
    }

    /// Returns the parts between the characters for which `isBetween` returns true.
    static func split(_ text: String, keepsEmpty: Bool, _ isBetween: (Character) -> Bool) throws -> [String] {
        var (parts, start, place, poll) = ([String](), text.startIndex, text.startIndex, Poll())
        func end() { if keepsEmpty || start < place { parts.append(String(text[start..<place])) } }
        while place < text.endIndex {
            try poll.step()
            let next = text.index(after: place)
            if isBetween(text[place]) {
                end()
                start = next
            }
            place = next
        }
        end()
        return parts
    }

    /// Returns the text with a change applied piece by piece; the change must look at single scalars only.
    static func changed(_ text: String, _ change: (String) -> String) throws -> String {
        guard text.utf8.count > window else { return change(text) }
        var (result, place) = ("", text.startIndex)
        while place < text.endIndex {
            try Interrupt.current?.check()
            let next = text.unicodeScalars.index(place, offsetBy: 1 << 16, limitedBy: text.endIndex) ?? text.endIndex
            result += change(String(text.unicodeScalars[place..<next]))
            place = next
        }
        return result
    }

    /// Returns whether the bytes are ASCII without carriage returns, which may be half of a character, so that every byte is a character.
    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Bool {
        for start in stride(from: 0, to: bytes.count, by: window) {
            try Interrupt.current?.check()
            let isPlain = bytes[start..<min(start + window, bytes.count)].allSatisfy { $0 < 0x80 && $0 != 13 }
            if !isPlain { return false }
        }
        return true
    }

    private static func places(
        of part: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, _ limit: Int
    ) throws -> [Range<Int>] {
        guard let whole = text.baseAddress, let wanted = part.baseAddress else { return [] }
        var (found, place, poll) = ([Range<Int>](), 0, Poll())
        while place + part.count <= text.count, found.count < limit {
            let length = min(text.count - part.count + 1 - place, window)
            guard let hit = memchr(whole + place, Int32(wanted[0]), length) else {
                try Interrupt.current?.check()
                place += length
                continue
            }
            try poll.step()
            let start = UnsafeRawPointer(whole).distance(to: hit)
            let isThere = memcmp(hit, wanted, part.count) == 0
            if isThere { found.append(start..<start + part.count) }
            place = start + (isThere ? part.count : 1)
        }
        return found
    }

    private static func places(of part: [Character], in text: [Character], _ limit: Int) throws -> [Range<Int>] {
        var (found, place, offset, poll) = ([Range<Int>](), 0, 0, Poll())
        while place + part.count <= text.count, found.count < limit {
            try poll.step()
            guard text[place] == part[0], text[place..<place + part.count].elementsEqual(part) else {
                offset += text[place].utf8.count
                place += 1
                continue
            }
            let length = text[place..<place + part.count].reduce(0) { $0 + $1.utf8.count }
            found.append(offset..<offset + length)
            place += part.count
            offset += length
        }
        return found
    }
}
