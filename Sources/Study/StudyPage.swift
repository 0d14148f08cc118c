import Files

/// The page of a study: one HTML file that holds its pictures and loads nothing. No string becomes markup or code.
enum StudyPage {
    private static let page = SinglePage(
        style: text(PackageResources.study_css),
        // Order and storage, then start and end, then a page for each task, in one function.
        script: "(() => {\n\"use strict\";\n"
            + [PackageResources.order_js, PackageResources.study_js, PackageResources.page_js].map(text).joined() + "})();\n",
        rules: ["require-trusted-types-for 'script'", "trusted-types 'none'"])

    /// Returns the page. All that the study says is in `data`, which the script shows as text; the title is set by it, too.
    static func html(data: JSON) -> String {
        // Within a script element only "<" could end it or begin a comment.
        let block = data.text().split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c")
        return page.html(
            title: "Study",
            body: """
                <noscript><p>This page needs its script.</p></noscript>
                <p id="notice" role="alert" hidden></p>
                <header id="bar" hidden><span id="count" role="status"></span><progress id="progress" max="1" value="0" aria-label="Pages answered"></progress></header>
                <main id="view"></main>
                <dialog id="large" aria-label="Enlarged picture"></dialog>
                <script type="application/json" id="study">\(block)</script>

                """)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
