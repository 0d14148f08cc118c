import Files
import Images
import Language
import Tensors

/// What a cell showed, in order.
public enum CellOutput: Sendable {
    /// A text: what was printed, or a value's text.
    case text(String)
    /// A picture as the bytes of a PNG file, with the words that stand for it.
    case picture(png: [UInt8], alt: String)
    /// An error or a warning, as text.
    case problem(String, isError: Bool)

    /// The name of a picture's file in the notebook's folder: the first digits of a hash of its pixels.
    public static func pictureName(_ png: [UInt8]) -> String {
        let pixels = (try? Image(data: png)).map { [UInt8("\($0.size)".utf8.count)] + Array("\($0.size)".utf8) + $0.pixels } ?? png
        return String(SHA256.hexadecimal(of: pixels).prefix(12)) + ".png"
    }

    /// Returns the lines that record the output; pictures are named in `folder`.
    func lines(folder: String) -> [String] {
        switch self {
        case .text(let text), .problem(let text, _): return Self.lines(of: text)
        case .picture(let png, let alt): return ["![\(Self.caption(alt))](\(folder)/\(Self.pictureName(png)))"]
        }
    }

    /// Returns the words of a picture on one line, without the brackets that end them in Markdown.
    static func caption(_ alt: String) -> String {
        printable(alt).split(whereSeparator: \.isNewline).joined(separator: " ").map { $0 == "]" ? ")" : $0 == "[" ? "(" : $0 }
            .reduce(into: "") { $0.append($1) }
    }

    private static func lines(of text: String) -> [String] {
        var lines = printable(text).split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}

/// Collects what a run shows, from its events: texts as `recordWidth` makes them, wherever they are shown.
final class OutputRecorder: @unchecked Sendable {
    /// The columns of recorded texts.
    static let width = 100
    /// The most bytes of text that a cell keeps; what comes after is counted.
    private static let mostBytes = 512 * 1024
    /// The most pictures that a cell keeps.
    private static let mostPictures = 256

    private(set) var outputs: [CellOutput] = []
    private var stream = ""
    private var bytes = 0
    private var dropped = 0
    private var pictures = 0
    private let folder: String
    private let observe: (CellOutput) -> Void

    /// Creates a recorder. `folder` is left out of the names of files in diagnostics, so that they are the same wherever the notebook lies.
    /// `observe` gets everything as it comes, also what is too much to be kept.
    init(folder: String, observe: @escaping (CellOutput) -> Void = { _ in }) { (self.folder, self.observe) = (folder, observe) }

    /// Takes an event of the run; called on the thread that emits it.
    func take(_ event: Event) {
        switch event {
        case .stream(let text): add(text)
        case .display(let display), .result(_, let display): add(display)
        case .diagnostic(let diagnostic):
            flush()
            let text = folder.isEmpty ? diagnostic.plain() : diagnostic.plain().replacing(folder, with: "")
            outputs.append(.problem(text, isError: diagnostic.severity == .error))
            observe(.problem(text, isError: diagnostic.severity == .error))
        case .started, .progress, .finished: break
        }
    }

    /// Adds an output that no event reported.
    func add(_ output: CellOutput) {
        flush()
        outputs.append(output)
    }

    /// Adds a text; `shown` is how it looks at the place where values are shown.
    private func add(_ text: String, shown: String? = nil) {
        observe(.text(shown ?? text))
        guard bytes < Self.mostBytes else {
            dropped += text.utf8.count
            return
        }
        bytes += text.utf8.count
        stream += text
    }

    private func add(_ display: Display) {
        flush()
        // A text that only repeats the picture's words is left out.
        if display.image.map({ display.plain != $0.alt && !display.plain.isEmpty }) ?? true {
            add((display.record ?? display.plain) + "\n", shown: display.plain + "\n")
            flush()
        }
        guard let image = display.image else { return }
        observe(.picture(png: image.png, alt: image.alt))
        pictures += 1
        if pictures <= Self.mostPictures { outputs.append(.picture(png: image.png, alt: image.alt)) }
    }

    private func flush() {
        if !stream.isEmpty { outputs.append(.text(stream)) }
        stream = ""
    }

    /// Ends the recording and returns everything that was shown; what was too much is counted in a last line.
    func finish() -> [CellOutput] {
        flush()
        if dropped > 0 { outputs.append(.text("(\(dropped) more bytes of output are not kept)")) }
        if pictures > Self.mostPictures { outputs.append(.text("(\(pictures - Self.mostPictures) more pictures are not kept)")) }
        return outputs
    }
}
