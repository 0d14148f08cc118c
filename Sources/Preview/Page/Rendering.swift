import Language
import Notebook
import Pages
import Synchronization
import Tensors

/// Makes the HTML of cells. All text of the notebook comes out of `Pages`, escaped. What is made of a cell's outputs is kept, so that a
/// save makes nothing anew that stays.
final class Rendering: Sendable {
    /// The names of the builtin table, which are coloured.
    private let builtins: Set<String>
    /// Whether pictures beside the notebook are shown, and more than the text of what it records: not those of a notebook that is not trusted.
    private let showsFiles: Bool
    private let made = Mutex<[Int: (outputs: [CellOutput], html: Outputs)]>([:])

    /// Creates a rendering for a builtin table.
    init(builtins: Set<String>, showsFiles: Bool) { (self.builtins, self.showsFiles) = (builtins, showsFiles) }

    /// The HTML of some outputs, with the pictures that it names.
    struct Outputs {
        var pieces: [ShownCell.Output] = []
        var pictures: [String: [UInt8]] = [:]
    }

    /// Returns what stands in the file of a cell.
    func source(_ file: NotebookFile, _ place: Int) -> ShownCell.Source {
        let link = link(PictureFiles(beside: file))
        let pieces = PageCell(file, place, state: .none).pieces.map { piece in
            switch piece {
            case .prose(let text): CellHTML.prose(text, builtins: builtins, picture: link)
            case .code(let text): CellHTML.code(text, builtins: builtins)
            }
        }
        let title = file.cells[place].title
        return ShownCell.Source(title: title.isEmpty ? "" : CellHTML.title(title), html: pieces.joined())
    }

    /// Returns what the file records of a cell.
    func recorded(_ file: NotebookFile, _ place: Int) -> Outputs {
        let files = PictureFiles(beside: file)
        let lines = PageCell(file, place, state: .none).recordedLines
        guard !lines.isEmpty else { return Outputs() }
        let shown = lines.count > Self.mostRecordedLines ? Array(lines.prefix(Self.mostRecordedLines)) + ["…"] : lines
        guard showsFiles else { return Outputs(pieces: [.html(CellHTML.plainOutputs(shown))]) }
        let html = CellHTML.outputs(shown, pictureFolder: file.pictureFolder, picture: link(files), facts: files.facts)
        return Outputs(pieces: [.html(html)])
    }

    private static let mostRecordedLines = 1000

    /// Returns what a cell shows by its result, given its place in the file and its number; nil where that stays as it is.
    func outputs(of result: CellResult, _ file: NotebookFile, _ place: Int, _ number: Int) -> Outputs? {
        if result.origin == .recorded { return recorded(file, place) }
        guard let outputs = result.outputs else { return nil }
        if let known = made.withLock({ $0[number] }), known.outputs.elementsEqual(outputs, by: Self.isSame) { return known.html }
        let html = Self.html(outputs, whole: "output/\(number).txt")
        made.withLock { $0[number] = (outputs, html) }
        return html
    }

    /// Forgets cells that are no longer there.
    func forget(except numbers: [Int]) {
        let numbers = Set(numbers)
        made.withLock { made in made = made.filter { numbers.contains($0.key) } }
    }

    /// Returns the HTML of outputs; of too many the first and the last. `whole` is the address of all of them as text.
    static func html(_ outputs: [CellOutput], whole: String) -> Outputs {
        let cut = OutputCut(outputs)
        var result = Outputs()
        result.add(cut.first)
        guard cut.leftOut > 0 else { return result }
        let words = "\(countText(cut.leftOut, "line")) of output \(cut.leftOut == 1 ? "is" : "are") left out here"
        result.pieces.append(.html("<p class=\"left-out\">\(words). <a href=\"\(whole)\" target=\"_blank\">All that is kept</a></p>"))
        result.add(cut.last)
        return result
    }

    private static func isSame(_ a: CellOutput, _ b: CellOutput) -> Bool {
        switch (a, b) {
        case (.text(let a), .text(let b)): a == b
        case (.problem(let a, let aIsError), .problem(let b, let bIsError)): a == b && aIsError == bIsError
        case (.picture(let a, let aWords), .picture(let b, let bWords)): aWords == bWords && a == b
        default: false
        }
    }

    /// Returns the addresses of pictures beside the notebook: their names in hexadecimal digits, which need no escapes.
    private func link(_ files: PictureFiles) -> (_ name: String) -> String? {
        { [showsFiles] name in
            guard showsFiles, files.bytes(name) != nil else { return nil }
            return "file/" + name.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
    }

    /// Returns the name of a picture beside the notebook from its address; nil for others.
    static func name(ofLink link: Substring) -> String? {
        let digits = link.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard !digits.isEmpty, digits.count % 2 == 0, digits.count <= 8192 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[place], let low = digits[place + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Returns all outputs of a cell by its number as plain text; nil where none were made.
    func text(of number: Int) -> String? {
        made.withLock { $0[number]?.outputs }.map { outputs in
            outputs.map { output in
                switch output {
                case .text(let text), .problem(let text, _): printable(text)
                case .picture(_, let alt): "[picture: \(printable(alt))]\n"
                }
            }.joined()
        }
    }
}

extension Rendering.Outputs {
    /// Adds outputs.
    mutating func add(_ outputs: [CellOutput]) {
        guard !outputs.isEmpty else { return }
        var named = pictures
        let html = CellHTML.outputs(outputs) { png in
            let name = String(SHA256.hexadecimal(of: png).prefix(24)) + ".png"
            named[name] = png
            return "picture/" + name
        }
        pictures = named
        if !html.isEmpty { pieces.append(.html(html)) }
    }
}
