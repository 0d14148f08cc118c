import Language
import Notebook

/// The parts of a notebook's cell as HTML, for exported pages and for the live preview.
///
/// All text comes out escaped; no tag, attribute or script of a notebook reaches the page. `NotebookPage.style` lays the parts out, and
/// `NotebookPage.script` makes them interactive; without the script everything can be read.
public enum CellHTML {
    /// Returns the address under which a page shows a picture: a URL or a data URI; nil where there is none. The name is a path relative to
    /// the notebook's folder, such as `lesson.out/3f9a2c8d01bb.png`: never absolute and without `..`.
    public typealias PictureLink = (_ name: String) -> String?

    /// Returns Markdown as HTML: a cell's `#|` lines without their marks. Pictures that `picture` does not know, and links that could do
    /// harm, become text. `builtins` colours fenced code in the language.
    public static func prose(_ markdown: String, builtins: Set<String> = [], picture: @escaping PictureLink = { _ in nil }) -> String {
        let writer = MarkdownHTML(picture: picture, colours: CodeColours(builtins: builtins))
        return "<div class=\"prose\">\n\(writer.html(markdown))</div>\n"
    }

    /// Returns a title as HTML: emphasis and code, no links.
    public static func title(_ text: String) -> String { MarkdownHTML.title(text) }

    /// Returns code as a block with its syntax coloured. `builtins` are the names of the builtin table; `isOpen` says whether the block is
    /// unfolded at first.
    public static func code(_ source: String, builtins: Set<String>, isOpen: Bool = true) -> String {
        guard !source.isEmpty else { return "" }
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false).count
        return """
            <details class="code"\(isOpen ? " open" : "")><summary>\(countText(lines, "line")) of code</summary>
            <div class="source"><pre><code>\(CodeColours(builtins: builtins).html(source))</code></pre></div></details>

            """
    }

    /// Returns recorded output lines (without their `#>` marks) as HTML: text, tables, diagnostics, and the pictures among them.
    /// `pictureFolder` is the name of the folder of recorded pictures, `NotebookFile.pictureFolder`; `facts` tells what a picture was made
    /// from, where the page is to say that.
    public static func outputs(
        _ lines: [String], pictureFolder: String, picture: PictureLink, facts: (_ name: String) -> PictureFacts? = { _ in nil }
    ) -> String {
        OutputHTML.html(OutputPart.parts(of: lines, pictureFolder: pictureFolder, picture: picture, facts: facts))
    }

    /// Returns recorded output lines as text and nothing else: what the file of somebody who is not trusted records.
    public static func plainOutputs(_ lines: [String]) -> String { lines.isEmpty ? "" : OutputHTML.html([.text(lines)]) }

    /// Returns outputs in memory as HTML. `picture` returns the address of a PNG's bytes; without it they become data URIs.
    public static func outputs(_ outputs: [CellOutput], picture: (_ png: [UInt8]) -> String = DataURI.png) -> String {
        OutputHTML.html(OutputPart.parts(of: outputs, picture: picture))
    }
}
