/// An HTML page that is one file: style and script lie in it, and it loads nothing from elsewhere.
///
/// Its content security policy admits this style and this script, by their hashes, pictures within the page, and nothing else.
public struct SinglePage: Sendable {
    private let style: String
    private let script: String?
    private let rules: [String]

    /// Makes a page of its style sheet and its script, nil for none. `rules`: directives of the policy beyond the usual ones.
    public init(style: String, script: String?, rules: [String] = []) {
        (self.style, self.script, self.rules) = (style, script, rules)
    }

    /// The content security policy.
    public var policy: String {
        let script = script.map { "'sha256-\(Self.hash($0))'" } ?? "'none'"
        return
            ([
                "default-src 'none'", "img-src data:", "style-src 'sha256-\(Self.hash(style))'", "script-src \(script)", "base-uri 'none'",
                "form-action 'none'",
            ] + rules).joined(separator: "; ")
    }

    /// Returns the page. `title`, `generator` (the program that wrote it) and `body`, whose last line is ended, are HTML; the script stands
    /// at the body's end.
    public func html(title: String, generator: String? = nil, body: String) -> String {
        let origin = generator.map { "<meta name=\"generator\" content=\"\($0)\">\n" } ?? ""
        let ending = script.map { "<script>\($0)</script>\n" } ?? ""
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            \(origin)<meta name="referrer" content="no-referrer">
            <title>\(title)</title>
            <style>\(style)</style>
            </head>
            <body>
            \(body)\(ending)</body>
            </html>

            """
    }

    /// Returns the hash of a text as a content security policy names it: SHA-256 in base64.
    public static func hash(_ text: String) -> String {
        var hash = SHA256()
        hash.update(Array(text.utf8))
        return Base64.text(of: hash.finalize())
    }
}
