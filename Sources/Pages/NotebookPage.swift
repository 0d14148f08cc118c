import Files
import Language
import Notebook
import Tensors

/// A notebook as one HTML page that needs no other file: pictures lie in it, and it loads nothing.
///
/// Nothing of a notebook can run in the page. All its text is escaped, links that could run something are refused, and the page's content
/// security policy (`SinglePage`) admits no style and no script but ours.
public struct NotebookPage {
    /// The style sheet of exported pages and of the preview.
    public static let style = String(decoding: PackageResources.page_css + PackageResources.explore_css, as: UTF8.self)
    /// The script of exported pages and of the preview. It listens on the document, so that cells may be replaced; after replacing,
    /// `basPage.upgrade(element)` prepares what is new.
    public static let script =
        "\"use strict\";\n(() => {\n"
        + [
            PackageResources.tools_js, PackageResources.maps_js, PackageResources.attention_js, PackageResources.leakage_js,
            PackageResources.pictures_js, PackageResources.film_js, PackageResources.chart_js, PackageResources.explore_js,
            PackageResources.page_js,
        ].map { String(decoding: $0, as: UTF8.self) }.joined() + "})();\n"

    /// What a page says beside the notebook itself.
    public struct Options {
        /// The program and its version: "bas 1.0".
        public var version: String
        /// How cells are shown.
        public var look: PageCell.Look
        /// Whether the page has the script; without it, as for print, everything is unfolded.
        public var hasScript: Bool

        /// Creates options.
        public init(version: String, look: PageCell.Look, hasScript: Bool = true) {
            (self.version, self.look, self.hasScript) = (version, look, hasScript)
        }
    }

    /// The notebook's cells.
    public let cells: [PageCell]
    private let file: NotebookFile
    private let options: Options

    /// Prepares a page. `states` says of each cell whether its record is true; `outputs` has the outputs of cells that were run, by their
    /// places, where the file's records are not to be shown.
    public init(_ file: NotebookFile, states: [RecordState], outputs: [Int: [CellOutput]] = [:], options: Options) {
        (self.file, self.options) = (file, options)
        cells = PageCell.all(of: file, states: states, outputs: outputs)
    }

    /// The page's title: that of the first cell, else the file's name.
    public var title: String { file.cells.first.map(\.title).flatMap { $0.isEmpty ? nil : $0 } ?? file.name }

    /// Returns the whole page.
    public func html() -> String {
        SinglePage(style: Self.style, script: options.hasScript ? Self.script : nil)
            .html(title: escapedHTML(title), generator: escapedHTML(options.version), body: body())
    }

    /// Returns the elements of the page's body: contents, cells and footer.
    public func body() -> String {
        let titled = cells.filter { !file.cells[$0.place].title.isEmpty }
        let first = cells.first.flatMap { file.cells[$0.place].title.isEmpty ? nil : $0.place }
        let name = escapedHTML(file.name)
        let heading = first == nil ? "<h1>\(name)</h1>\n" : "<p class=\"file\">\(name)</p>\n"
        let sections = cells.map { $0.html(options.look, headingLevel: $0.place == first ? 1 : 2) }.joined()
        return """
            \(titled.count > 1 ? contents(titled) : "")<main>
            \(heading)\(sections)</main>
            \(PageFooter(file: file, cells: cells, version: options.version, isOpen: !options.hasScript).html())
            """
    }

    private func contents(_ titled: [PageCell]) -> String {
        let entries = titled.map { "<li><a href=\"#\($0.identifier)\">\(CellHTML.title(file.cells[$0.place].title))</a></li>\n" }
        return """
            <nav class="contents" aria-label="Contents"><details open><summary>Contents</summary>
            <ol>
            \(entries.joined())</ol></details></nav>

            """
    }
}
