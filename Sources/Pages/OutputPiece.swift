import Figures
import Files
import Notebook

/// A value's display as HTML among the outputs of others, such as those of a Jupyter notebook: its tables, and what people explore in place
/// of a still picture.
///
/// A piece needs nothing beside it: picture, data, style and script of its kind (10 to 19 KiB) lie in it, since outputs are copied, deleted and
/// opened one by one. Its script reaches nothing but its own element. Where it does not run, as in a notebook that is not trusted, the still
/// picture stands there.
public enum OutputPiece {
    /// Returns the piece; nil where the plain text, or the picture alone, says the same: without a table and without anything to explore.
    /// `picture` is a PNG file with the words that stand for it.
    public static func html(text: String, picture: (png: [UInt8], alt: String)?) -> String? {
        var outputs: [CellOutput] = text.isEmpty ? [] : [.text(text)]
        if let picture { outputs.append(.picture(png: picture.png, alt: picture.alt)) }
        let parts = OutputPart.parts(of: outputs, picture: DataURI.png)
        guard parts.contains(where: saysMore) else { return nil }
        return parts.map(html).joined()
    }

    private static func saysMore(_ part: OutputPart) -> Bool {
        switch part {
        case .table: true
        case .picture(let picture): picture.facts?.explorable != nil
        case .text, .problem: false
        }
    }

    private static func html(_ part: OutputPart) -> String {
        let html = OutputHTML.html(part)
        guard case .picture(let picture) = part, let kind = picture.facts?.explorable?.kind else { return html }
        // A page may hold the same picture twice; its name is looked up only where a script does not know its place.
        let name = "bas-" + SHA256.hexadecimal(of: Array(html.utf8)).prefix(12)
        return "<div id=\"\(name)\">\(html)<script>\(script(kind, name))</script></div>\n"
    }

    /// Returns the script that shows one kind of what people explore.
    private static func script(_ kind: String, _ name: String) -> String {
        let own =
            switch kind {
            case "attention": PackageResources.maps_js + PackageResources.attention_js
            case "leakage": PackageResources.maps_js + PackageResources.leakage_js
            case "pictures": PackageResources.pictures_js
            case "film": PackageResources.film_js
            default: PackageResources.chart_js
            }
        let code = [PackageResources.tools_js, own].map(short).joined()
        let rest = [PackageResources.explore_js, PackageResources.piece_js].map(short).joined()
        let function = "explore" + kind.prefix(1).uppercased() + kind.dropFirst()
        return """
            (() => {
            "use strict";
            const name = "\(name)";
            const style = \(JSON.string(style).text());
            \(code)const explorers = { \(kind): \(function) };
            \(rest)})();

            """
    }

    private static let style = short(PackageResources.piece_css) + short(PackageResources.explore_css)

    /// Returns a text of ours without indentation, blank lines, and lines that are comments.
    private static func short(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { $0.drop { $0 == " " } }.filter { line in
            !line.isEmpty && !line.hasPrefix("//") && !(line.hasPrefix("/*") && line.hasSuffix("*/"))
        }.joined(separator: "\n") + "\n"
    }
}
