import Pages

/// The page of the preview. It holds nothing of the notebook: that comes as events.
enum PreviewPage {
    /// The style sheet: that of exported pages, and what the preview adds.
    static let style = NotebookPage.style + String(decoding: PackageResources.preview_css, as: UTF8.self)

    /// The script: that of exported pages, and the preview's own.
    static let script = NotebookPage.script + String(decoding: PackageResources.preview_js, as: UTF8.self)

    /// The page as a browser gets it.
    static let html = String(decoding: PackageResources.preview_html, as: UTF8.self)

    /// The picture in the browser's tab.
    static let icon =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><rect width=\"16\" height=\"16\" rx=\"4\" fill=\"#0b57a8\"/>"
        + "<path d=\"M5 3.5h3.2a2.2 2.2 0 0 1 .9 4.2 2.4 2.4 0 0 1-.7 4.8H5zm1.8 1.6v2h1.1a1 1 0 0 0 0-2zm0 3.5v2.3h1.4a1.1 1.1 0 0 0 0-2.3z\" fill=\"#fff\"/></svg>"

    /// What the page may load: its own style, script, pictures and events, and nothing else from nowhere.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types bas"
}
