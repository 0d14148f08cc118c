import Loopback
import Pages

extension ServedPage {
    /// The page of the preview: style and script of exported pages, and what the preview adds.
    static let preview = ServedPage(
        title: "bas preview", body: text(PackageResources.preview_html), style: NotebookPage.style + text(PackageResources.preview_css),
        script: NotebookPage.script + "(() => {\n" + text(PackageResources.cells_js) + text(PackageResources.preview_js) + "})();\n",
        icon: PageIcon.svg, trustedTypes: "bas")

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
