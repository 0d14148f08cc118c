/// Returns the text with control characters made visible (`^[` for escape), so that names, metadata and prompts cannot steer the terminal.
/// Newlines and tabs stay, `\r\n` becomes a newline, and marks that reverse the reading direction are removed.
public func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: steersTerminal) else { return text }
    var result = String.UnicodeScalarView()
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    while let scalar = next {
        next = scalars.next()
        guard steersTerminal(scalar) else {
            result.append(scalar)
            continue
        }
        switch scalar.value {
        case 0x0D where next == "\n": break
        case 0..<0x20, 0x7F:
            result.append("^")
            result.append(Unicode.Scalar(UInt8(scalar.value) ^ 0x40))
        case 0x80...0x9F: result.append("\u{FFFD}")
        default: break
        }
    }
    return String(result)
}

private func steersTerminal(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
}
