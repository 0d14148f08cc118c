import Files
import Language

/// The contents of an `.ipynb` file in one form, whichever version of nbformat it has.
struct IpynbFile {
    /// A cell.
    struct Cell {
        enum Kind { case markdown, code, raw }
        var kind: Kind
        var source: String
        /// The language of this cell alone, where it says one.
        var language: String?
        var outputs: [JSON] = []
        var attachments: JSONObject = [:]
        /// What bas has written into the cell's metadata.
        var bas: JSONObject = [:]
    }

    private(set) var cells: [Cell] = []
    /// The language of the code; nil where the notebook does not say it.
    private(set) var language: String?
    /// What bas has written into the notebook's metadata.
    private(set) var bas: JSONObject = [:]
    /// What is wrong in it beside what ends the reading.
    private(set) var warnings: [String] = []

    /// Reads a file's contents. Throws a `Problem` where they are no notebook of nbformat 3 or 4.
    init(_ bytes: [UInt8]) throws {
        let json: JSON
        do {
            // Editors on Windows write a byte-order mark; Python writes NaN.
            let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
            json = try JSON.parse(hasMark ? Array(bytes.dropFirst(3)) : bytes, allowsNonFinite: true)
        } catch {
            throw Problem(.badFile, "no notebook: it is not JSON (\(error.description))")
        }
        guard let notebook = json.objectValue else {
            throw Problem(.badFile, "no notebook: it is \(json.kind), where an object is expected")
        }
        guard let format = notebook["nbformat"]?.intValue else {
            throw Problem(.badFile, "no notebook: it has no whole number \"nbformat\"")
        }
        guard (3...4).contains(format) else {
            throw Problem(
                .badFile, "it is a notebook of nbformat \(format); those of nbformat 3 and 4 can be read",
                help: "open it in Jupyter and save it, or: jupyter nbconvert --to notebook --nbformat 4 FILE")
        }
        let metadata = notebook["metadata"] ?? [:]
        bas = metadata[Ipynb.key]?.objectValue ?? [:]
        language =
            metadata["kernelspec"]?["language"]?.stringValue ?? metadata["language_info"]?["name"]?.stringValue
            ?? metadata["kernelspec"]?["name"]?.stringValue
        for (place, cell) in try Self.cells(of: notebook, format).enumerated() {
            cells.append(try Self.cell(cell, place, format, &warnings))
        }
    }

    private static func cells(of notebook: JSONObject, _ format: Int) throws -> [JSON] {
        if format == 4 { return try list(notebook["cells"], "cells") }
        var cells: [JSON] = []
        for (place, sheet) in try list(notebook["worksheets"], "worksheets").enumerated() {
            cells += try list(sheet["cells"], "worksheets[\(place)].cells")
        }
        return cells
    }

    private static func list(_ json: JSON?, _ name: String) throws -> [JSON] {
        guard let items = json?.arrayValue else {
            throw Problem(.badFile, "no notebook: \"\(name)\" is \(json?.kind ?? "missing"), where a list is expected")
        }
        return items
    }

    private static func cell(_ json: JSON, _ place: Int, _ format: Int, _ warnings: inout [String]) throws -> Cell {
        func wrong(_ what: String) -> Problem { Problem(.badFile, "no notebook: cell \(place + 1) \(what)") }
        guard let object = json.objectValue else { throw wrong("is \(json.kind), where an object is expected") }
        guard let type = object["cell_type"]?.stringValue else { throw wrong("has no text \"cell_type\"") }
        let key = format == 3 && type == "code" ? "input" : "source"
        guard let source = text(object[key]) else {
            throw wrong("has \(object[key]?.kind ?? "nothing") as its \"\(key)\", where a text or a list of texts is expected")
        }
        let metadata = object["metadata"] ?? [:]
        var cell = Cell(kind: .raw, source: source, bas: metadata[Ipynb.key]?.objectValue ?? [:])
        switch type {
        case "markdown", "html": cell.kind = .markdown
        case "heading":
            cell.kind = .markdown
            let level = min(max(object["level"]?.intValue ?? 1, 1), 6)
            cell.source = String(repeating: "#", count: level) + " " + IpynbText.lines(source).joined(separator: " ")
        case "code":
            cell.kind = .code
            cell.language = object["language"]?.stringValue ?? metadata["vscode"]?["languageId"]?.stringValue
            if let outputs = object["outputs"]?.arrayValue {
                cell.outputs = outputs
            } else if object["outputs"] != nil {
                warnings.append("cell \(place + 1): its outputs are \(object["outputs"]?.kind ?? "missing"), not a list; they are left out")
            }
        case "raw": break
        default: warnings.append("cell \(place + 1): there is no type \"\(type)\"; it is kept as text")
        }
        if let attachments = object["attachments"]?.objectValue { cell.attachments = attachments }
        return cell
    }

    /// Returns a text that may be a list of its lines; nil where it is neither.
    static func text(_ json: JSON?) -> String? {
        if let text = json?.stringValue { return text }
        guard let parts = json?.arrayValue else { return nil }
        var text = ""
        for part in parts {
            guard let part = part.stringValue else { return nil }
            text += part
        }
        return text
    }
}
