import Loopback
import Pages

extension ServedPage {
    /// The page on which masks are painted: the style of exported pages and what painting adds; as its script the state with its undo, the
    /// painting, and the panel, in one function.
    static let masks = ServedPage(
        title: "bas masks", body: text(PackageResources.masks_html), style: NotebookPage.style + text(PackageResources.masks_css),
        script: "(() => {\n\"use strict\";\n" + text(PackageResources.state_js) + text(PackageResources.paint_js)
            + text(PackageResources.panel_js) + "})();\n",
        icon: PageIcon.svg)

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
