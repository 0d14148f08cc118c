import Files

/// The page of a study: one HTML file that holds its pictures and loads nothing.
enum StudyPage {
    /// The style sheet.
    static let style = text(PackageResources.study_css)
    /// The script: order and storage, then the pages, in one function.
    static let script = "(() => {\n\"use strict\";\n" + text(PackageResources.order_js) + text(PackageResources.study_js) + "})();\n"

    /// What the page may load: pictures within it, its own style and script, and nothing else. No string becomes markup or code.
    static var policy: String {
        "default-src 'none'; img-src data:; style-src 'sha256-\(hash(style))'; script-src 'sha256-\(hash(script))'; base-uri 'none'; "
            + "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    }

    /// Returns the page. All that the study says is in `data`, which the script shows as text; the title is set by it, too.
    static func html(title: String, data: JSON) -> String {
        // Within a script element only "<" could end it or begin a comment.
        let block = data.text().split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <title>Study</title>
            <style>\(style)</style>
            </head>
            <body>
            <noscript><p>This page needs its script.</p></noscript>
            <p id="notice" role="alert" hidden></p>
            <header id="bar" hidden><span id="count" role="status"></span><progress id="progress" max="1" value="0" aria-label="Pages answered"></progress></header>
            <main id="view"></main>
            <dialog id="large" aria-label="Enlarged picture"></dialog>
            <script type="application/json" id="study">\(block)</script>
            <script>\(script)</script>
            </body>
            </html>

            """
    }

    private static func hash(_ text: String) -> String {
        var hash = SHA256()
        hash.update(Array(text.utf8))
        return Base64.text(of: hash.finalize())
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
