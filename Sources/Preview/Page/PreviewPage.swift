import Pages

/// The page of the preview. It holds nothing of the notebook: that comes as events.
enum PreviewPage {
    /// The style sheet: that of exported pages, and what the preview adds.
    static let style = NotebookPage.style + text(PackageResources.preview_css)

    /// The script: that of exported pages, and the preview's own.
    static let script = NotebookPage.script + "(() => {\n" + text(PackageResources.cells_js) + text(PackageResources.preview_js) + "})();\n"

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The page as a browser gets it.
    static let html = text(PackageResources.preview_html)

    /// The picture in the browser's tab.
    static let icon =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><rect width=\"16\" height=\"16\" rx=\"4\" fill=\"#0b57a8\"/>"
        + "<path d=\"M5 3.5h3.2a2.2 2.2 0 0 1 .9 4.2 2.4 2.4 0 0 1-.7 4.8H5z"
        + "m1.8 1.6v2h1.1a1 1 0 0 0 0-2zm0 3.5v2.3h1.4a1.1 1.1 0 0 0 0-2.3z\""
        + " fill=\"#fff\"/></svg>"

    /// What the page may load: its own style, script, pictures and events, and nothing else from nowhere.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types bas"
}
