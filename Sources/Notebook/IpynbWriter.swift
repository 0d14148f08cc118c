import Files
import Images
import Language
import Tensors

/// Writes a notebook as an `.ipynb` file.
struct IpynbWriter {
    private let file: NotebookFile
    /// The lines of the file without their ends, and without the `#!` line.
    private let lines: [String]
    private let first: String?
    private let newline: String
    private let hasPictures: Bool
    /// The largest picture that is put into a notebook, in bytes.
    private static let mostPictureBytes = 64 << 20

    init(_ file: NotebookFile, hasPictures: Bool) {
        (self.file, self.hasPictures) = (file, hasPictures)
        let bytes = Array(file.text.utf8)
        let ends = bytes.indices.filter { bytes[$0] == 0x0A }
        let isWindows = !ends.isEmpty && ends.allSatisfy { $0 > 0 && bytes[$0 - 1] == 0x0D }
        newline = isWindows ? "\r\n" : "\n"
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().map { place, line in
            String(decoding: isWindows && place < ends.count ? line.dropLast() : line, as: UTF8.self)
        }
        let hasFirst = lines.first?.hasPrefix("#!") == true
        first = hasFirst ? lines.removeFirst() : nil
        self.lines = lines
    }

    /// Returns the text of the `.ipynb` file.
    func text(_ warn: (String) -> Void) -> String {
        let pictures = pictures()
        let layout = IpynbLayout(folder: file.pictureFolder) { pictures[$0] != nil }
        for name in namedPictures where pictures[name] == nil {
            warn("there is no picture \"\(file.folder)\(file.pictureFolder)/\(name)\", or it cannot be read; its line stays as text")
        }
        var bas: JSONObject = ["format": 1]
        if let first { bas["first"] = .string(first) }
        if newline != "\n" { bas["newline"] = .string(newline) }
        let starts = IpynbLayout.starts(of: lines.map(IpynbText.withoutReturn))
        if starts.isEmpty, lines != [""] { bas["lines"] = .array(lines.map { .string($0) }) }
        bas["pictures"] = .string(file.pictureFolder)
        var cells = IpynbCells(pictures: pictures)
        for (place, start) in starts.enumerated() {
            let end = place + 1 < starts.count ? starts[place + 1] : lines.count
            let own = Array(lines[start..<end])
            let group = layout.group(of: own, isFirst: place == 0)
            let blank = own.reversed().prefix { $0.isEmpty }.count
            let isCanonical = layout.lines(of: group, isFirst: place == 0) == own.dropLast(blank)
            cells.append(group, isCanonical ? .canonical(blank: blank) : .own(own))
        }
        let kernel = Ipynb.kernel
        let json: JSON = [
            "cells": .array(cells.json),
            "metadata": [Ipynb.key: .object(bas), "kernelspec": kernel.specification, "language_info": kernel.language],
            "nbformat": 4, "nbformat_minor": 5,
        ]
        return Self.indentedByOne(Self.sorted(json).text(pretty: true)) + "\n"
    }

    /// Returns JSON whose members are sorted by their keys, as Jupyter writes it, so that it changes nothing when it saves the file.
    private static func sorted(_ json: JSON) -> JSON {
        switch json {
        case .array(let items): .array(items.map(sorted))
        case .object(let object): .object(JSONObject(object.members.map { ($0, sorted($1)) }.sorted { $0.0 < $1.0 }))
        default: json
        }
    }

    /// Returns JSON with one space for each level, as Jupyter writes it.
    private static func indentedByOne(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            // No string contains a line end, so that spaces at the beginning are layout.
            line.dropFirst(line.prefix { $0 == " " }.count / 2)
        }.joined(separator: "\n")
    }

    // MARK: pictures

    /// The names of the files in the notebook's folder that a line of the file refers to.
    private var namedPictures: [String] {
        guard hasPictures else { return [] }
        let mark = "](\(file.pictureFolder)/"
        var names: Set<String> = []
        for line in lines where line.hasPrefix("#") && line.contains(mark) {
            var rest = line[...]
            while let range = rest.firstRange(of: mark) {
                rest = rest[range.upperBound...]
                names.insert(String(rest.prefix { $0 != ")" && $0 != " " }))
            }
        }
        return names.sorted()
    }

    /// Returns the pictures that the file refers to and that are there, by name.
    private func pictures() -> [String: [UInt8]] {
        var pictures: [String: [UInt8]] = [:]
        for name in namedPictures where IpynbPictures.isSafe(name) {
            guard let png = try? ReadableFile.contents("\(file.folder)\(file.pictureFolder)/\(name)", limit: Self.mostPictureBytes),
                png.first == 0x89, (try? Image(data: png)) != nil
            else { continue }
            pictures[name] = png
        }
        return pictures
    }
}

/// The cells of an `.ipynb` file that is being written.
private struct IpynbCells {
    private(set) var json: [JSON] = []
    private let pictures: [String: [UInt8]]
    /// How often each beginning of a name was given.
    private var names: [String: Int] = [:]
    private var executed = 0
    /// The cells so far of the group that the next cell may belong to.
    private var before: [IpynbGroup.Part] = []

    init(pictures: [String: [UInt8]]) { self.pictures = pictures }

    /// How a group's lines stand in the `.bas` file: as they follow from the group, with blank lines behind them, or in a layout of their own.
    enum Layout {
        case canonical(blank: Int)
        case own([String])
    }

    /// Appends the cells of a group.
    mutating func append(_ group: IpynbGroup, _ layout: Layout) {
        let last = group.parts.lastIndex(where: \.isCode)
        let isRecorded = !group.records.isEmpty || group.mark != nil
        for (place, part) in group.parts.enumerated() {
            var bas: JSONObject = [:]
            let continues = place > 0
            if continues != IpynbReader.joins(part.isCode, before) { bas["continues"] = .bool(continues) }
            if part.isCode, IpynbReader.obstacle(IpynbText.lines(part.source)) != nil { bas["code"] = true }
            before = (continues ? before : []) + [part]
            switch layout {
            case .own(let lines) where place == 0: bas["lines"] = .array(lines.map { .string($0) })
            case .canonical(let blank) where place == 0 && blank != 1: bas["blank"] = JSON(blank)
            default: break
            }
            if place == last, let mark = group.mark {
                bas["mark"] = .string(mark)
                bas["outputs"] = .string(group.recordDigest)
            }
            let metadata: JSON = bas.isEmpty ? [:] : [Ipynb.key: .object(bas)]
            let id = JSON.string(name(part))
            if part.isCode {
                if isRecorded { executed += 1 }
                let outputs = place == last ? IpynbOutputs.json(of: group, pictures) : []
                json.append([
                    "cell_type": "code", "execution_count": isRecorded ? JSON(executed) : .null, "id": id, "metadata": metadata,
                    "outputs": .array(outputs), "source": IpynbOutputs.multiline(part.source),
                ])
            } else {
                var cell = JSONObject()
                let attachments = attachments(part.source)
                if !attachments.isEmpty { cell["attachments"] = .object(attachments) }
                cell["cell_type"] = "markdown"
                (cell["id"], cell["metadata"], cell["source"]) = (id, metadata, IpynbOutputs.multiline(part.source))
                json.append(.object(cell))
            }
        }
    }

    /// Returns the pictures that a Markdown text names.
    private func attachments(_ source: String) -> JSONObject {
        let named = pictures.filter { source.contains("](attachment:\($0.key)") }.sorted { $0.key < $1.key }
        return JSONObject(named.map { ($0.key, ["image/png": .string(Base64.text(of: $0.value))]) })
    }

    /// Returns an identifier that follows from the cell's contents, so that writing the file again changes no others.
    private mutating func name(_ part: IpynbGroup.Part) -> String {
        let name = String(SHA256.hexadecimal(of: Array("\(part.isCode):\(part.source)".utf8)).prefix(8))
        let count = names[name, default: 0] + 1
        names[name] = count
        return count == 1 ? name : "\(name)-\(count)"
    }
}

extension IpynbGroup {
    /// A digest of what is recorded, beside a mark: it tells whether the mark is still that of the outputs.
    var recordDigest: String {
        let lines = records.map { record in
            switch record {
            case .text(let line): "t" + line
            case .picture(_, let name): "p" + name
            }
        }
        return String(SHA256.hexadecimal(of: Array(lines.joined(separator: "\n").utf8)).prefix(12))
    }
}
