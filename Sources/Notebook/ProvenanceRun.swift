import Files
import Glibc
import Images
import Language
import Synchronization

/// Runs the program that a picture records once more, and looks among the pictures that come out for the same one.
///
/// Everything that the program writes goes into a folder of the run's own (`Context.outputFolder`); what it reads it finds as before.
public final class ProvenanceRun: Sendable {
    /// How a picture that came out compares.
    public enum Match: Sendable, Equatable {
        /// All pixels are the same; of an SVG, all bytes.
        case same
        /// The picture has the same size and this peak signal-to-noise ratio, in dB.
        case near(Double)
    }

    /// What came of the run.
    public struct Result: Sendable {
        /// How the run ended.
        public var outcome: Outcome
        /// The nearest picture that came out, in words ("the 2nd of 3 pictures that it shows", "the file \"cat.png\""), and how it compares; nil
        /// where none has the same size.
        public var nearest: (name: String, match: Match, texts: PNGMetadata)?
        /// The number of pictures that came out.
        public var count = 0
    }

    private struct State {
        var shown = 0
        var count = 0
        var nearest: (place: Place, match: Match, texts: PNGMetadata)?
    }

    private enum Place: Sendable {
        case shown(Int)
        case file(String)
    }

    private let picture: ProvenanceTexts
    private let image: Image?
    private let script: String
    private let state = Mutex(State())
    /// The most files that are compared.
    private static let mostFiles = 10_000

    /// Prepares to run what a picture records. Throws a `Problem` where it records no program, or where the picture is damaged.
    public init(_ picture: ProvenanceTexts) throws {
        guard let script = picture.script, script.utf8.contains(where: { $0 != 0x20 && $0 != 0x0A }) else {
            throw Problem(.badFile, "\"\(picture.path)\" does not record the program that made it")
        }
        (self.picture, self.script) = (picture, script)
        do {
            image = picture.format == .png ? try Image(data: picture.bytes, path: picture.path) : nil
        } catch {
            throw Problem(.unreadablePicture, "\(error)")
        }
    }

    /// Runs the program in a session. What it writes goes into `folder`, an absolute path, and with `keepsShown` also what it shows, as
    /// `shown-1.png`, …. `observe` gets every event.
    public func run(_ session: Session, folder: String, keepsShown: Bool, observe: @escaping @Sendable (Event) -> Void) -> Result {
        session.context.outputFolder = folder
        session[global: "args"] = .list([])
        session.setEvents { [self] event in
            switch event {
            case .display(let display), .result(_, let display): if let image = display.image { take(image.png, keepsShown ? folder : nil) }
            default: break
            }
            observe(event)
        }
        let outcome = session.run(source: script, file: "script of \(picture.path.split(separator: "/").last ?? "")")
        session.context.outputFolder = nil
        var files: [String] = []
        Self.find(below: folder, "", &files)
        for name in files where !(keepsShown && name.hasPrefix("shown-")) {
            if let bytes = try? ReadableFile.contents("\(folder)/\(name)", limit: 256 << 20) { compare(bytes, .file(name)) }
        }
        return state.withLock { state in
            var result = Result(outcome: outcome, count: state.count)
            if let nearest = state.nearest { result.nearest = (Self.words(nearest.place, state.shown), nearest.match, nearest.texts) }
            return result
        }
    }

    private static func words(_ place: Place, _ shown: Int) -> String {
        switch place {
        case .file(let name): "the file \"\(name)\" that it writes"
        case .shown where shown == 1: "the picture that it shows"
        case .shown(let number): "picture \(number) of the \(shown) that it shows"
        }
    }

    private func take(_ png: [UInt8], _ folder: String?) {
        let number = state.withLock { state in
            state.shown += 1
            return state.shown
        }
        if let folder { try? AtomicFile.write("\(folder)/shown-\(number).png") { try $0.write(png) } }
        compare(png, .shown(number))
    }

    private func compare(_ bytes: [UInt8], _ place: Place) {
        guard let (match, texts) = match(bytes) else { return }
        state.withLock { state in
            state.count += 1
            guard let match else { return }
            let isNearer =
                switch (match, state.nearest?.match) {
                case (_, nil), (.same, .near): true
                case (.near(let new), .near(let old)): new > old
                default: false
                }
            if isNearer { state.nearest = (place, match, texts) }
        }
    }

    /// Returns how a picture compares, nil in `match` where the sizes differ; nil for what is no picture of the same format.
    private func match(_ bytes: [UInt8]) -> (match: Match?, texts: PNGMetadata)? {
        guard let image else {
            guard bytes.starts(with: picture.bytes.prefix(5)) else { return nil }
            return (bytes == picture.bytes ? .same : nil, [:])
        }
        guard let other = try? Image(data: bytes) else { return nil }
        let texts = (try? PNGMetadata(pngData: bytes)) ?? [:]
        guard other.size == image.size else { return (nil, texts) }
        if other.pixels == image.pixels { return (.same, texts) }
        return (.near(Self.ratio(image, other)), texts)
    }

    /// Returns the peak signal-to-noise ratio of two pictures of one size that differ, in dB.
    static func ratio(_ a: Image, _ b: Image) -> Double {
        let squares = zip(a.pixels, b.pixels).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
        return 10 * log10(255 * 255 * Double(max(1, a.pixels.count)) / Double(max(1, squares)))
    }

    /// Collects the pictures in a folder and in the folders in it.
    private static func find(below folder: String, _ beginning: String, _ files: inout [String]) {
        for name in FileSystem.contents(beginning.isEmpty ? folder : "\(folder)/\(beginning)") where files.count < mostFiles {
            let path = beginning.isEmpty ? name : "\(beginning)/\(name)"
            if FileSystem.isFolder("\(folder)/\(path)") {
                find(below: folder, path, &files)
            } else if [".png", ".svg", ".jpg", ".jpeg"].contains(where: { name.lowercased().hasSuffix($0) }) {
                files.append(path)
            }
        }
    }
}
