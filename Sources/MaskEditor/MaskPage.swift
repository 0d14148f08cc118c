import Pages

/// The page on which masks are painted. It holds nothing of the photo: that comes from the server.
enum MaskPage {
    /// The style sheet: that of exported pages, and what painting adds.
    static let style = NotebookPage.style + text(PackageResources.masks_css)

    /// The script: the state with its undo, the painting, and the panel, in one function.
    static let script =
        "(() => {\n\"use strict\";\n" + text(PackageResources.state_js) + text(PackageResources.paint_js) + text(PackageResources.panel_js)
        + "})();\n"

    /// The page as a browser gets it.
    static let html = text(PackageResources.masks_html)

    /// The picture in the browser's tab.
    static let icon = PageIcon.svg

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// What the page may load: its own style, script, picture and answers, and nothing else from nowhere.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
}
