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
    static let icon = PageIcon.svg

    /// What the page may load: its own style, script, pictures and events, and nothing else from nowhere.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types bas"
}
