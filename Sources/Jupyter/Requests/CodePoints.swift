/// Places in a text, which the protocol counts in Unicode code points and the language in bytes of UTF-8.
extension String {
    /// Returns the byte offset behind this many code points; beyond the end it is the end.
    func byteOffset(codePoints count: Int) -> Int {
        guard count > 0 else { return 0 }
        return String(unicodeScalars.prefix(count)).utf8.count
    }

    /// Returns the number of code points before a byte offset.
    func codePoints(before offset: Int) -> Int {
        // Every byte that does not continue a code point begins one.
        utf8.prefix(max(0, offset)).count { $0 & 0xC0 != 0x80 }
    }
}
