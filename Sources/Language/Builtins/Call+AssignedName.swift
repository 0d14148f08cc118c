extension Call {
    /// The variable that the call's result is assigned to, "model" in a line `model = phase1(…)`; nil where the result is used otherwise.
    /// Messages can refer to the value by it.
    public var assignedName: String? {
        guard let span else { return nil }
        let (first, last) = (span.file.lineRange(span.line), span.file.lineRange(span.file.line(of: span.end)))
        let before = trimmed(span.file.text(first.lowerBound, span.start))
        let after = trimmed(span.file.text(span.end, max(span.end, last.upperBound)))
        guard after.isEmpty || after.hasPrefix("#") || after.hasPrefix(";"), before.hasSuffix("=") else { return nil }
        let name = trimmed(String(before.dropLast()))
        let isName = name.utf8.first.map(Scanner.isNameStart) ?? false
        return isName && name.utf8.allSatisfy { Scanner.isNameStart($0) || Scanner.isDigit($0) } ? name : nil
    }
}
