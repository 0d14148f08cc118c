import Files
import Images
import Tensors

/// Makes a study's page and its key. Names of methods and items are not in the page; pictures are called by hashes, lie in an order that
/// tells nothing, and have lost their metadata.
public struct StudyBuilder {
    /// The page as a file's text.
    public private(set) var html = ""
    /// What the page does not say.
    public private(set) var key: StudyKey

    /// The most bytes of pictures, as base64, in one page.
    static let limit = 256 << 20

    private let design: StudyDesign
    private let study: String
    private var data: [String] = []
    private var places: [[UInt8]: Int] = [:]
    private var bytes = 0
    private var pages: [PageDraft] = []

    /// A page as it is written into the HTML file and into the key.
    private struct PageDraft {
        var key: StudyKey.Page
        var photo: Int?
        var text: String?
        /// The places of the pictures' data, by picture.
        var data: [(picture: String, place: Int)]
        /// Whether it must come early or late: a page and its repetition.
        var time: String?
    }

    /// Builds a study. Throws `StudyError.tooLarge`, and `ImageError` for pictures that cannot be written.
    public init(_ design: StudyDesign) throws {
        self.design = design
        study = Self.identifier(design)
        key = StudyKey(
            study: study, title: design.title, methods: design.methods, items: design.items.map(\.name), pages: [:], pictures: [:],
            pagesPerRater: design.pagesPerRater)
        let items = try Self.written(design, study)
        for item in items { for picture in item.pictures { key.pictures[picture.name] = picture.method } }
        // The data are put in an order by names, which are hashes.
        for picture in items.flatMap(\.pictures).sorted(by: { $0.name < $1.name }) { _ = try place(picture.data) }
        for question in design.questions { for form in design.forms { try addPages(question, form, items) } }
        let named = pages.enumerated().map { (Self.name("page", $0, study), $1) }
        key.pages = Dictionary(named.map { ($0, $1.key) }) { first, _ in first }
        html = StudyPage.html(data: Self.json(design, study, named, data))
    }

    // MARK: pictures

    private struct WrittenItem {
        var name: String
        var photo: [UInt8]?
        var prompt: String?
        var pictures: [(name: String, method: String, data: [UInt8])]
    }

    private static func written(_ design: StudyDesign, _ study: String) throws -> [WrittenItem] {
        func file(_ image: Image) throws -> [UInt8] {
            try Cancellation.check()
            return try design.quality.map { try image.jpegData(quality: $0) } ?? image.pngData()
        }
        return try design.items.enumerated().map { index, item in
            let pictures = try item.pictures.enumerated().map { method, picture in
                (
                    name: name("picture", index * design.methods.count + method, study), method: design.methods[method],
                    data: try file(picture)
                )
            }
            return WrittenItem(
                name: item.name, photo: try item.photo.map(file), prompt: item.prompt, pictures: pictures.sorted { $0.name < $1.name })
        }
    }

    /// Returns the place of a picture's file among the data; equal files share one.
    private mutating func place(_ file: [UInt8]) throws -> Int {
        if let place = places[file] { return place }
        let kind = file.starts(with: [0xff, 0xd8]) ? "jpeg" : "png"
        data.append("data:image/\(kind);base64,\(Base64.text(of: file))")
        bytes += file.count / 3 * 4
        guard bytes <= Self.limit else { throw StudyError.tooLarge(bytes: bytes, limit: Self.limit) }
        places[file] = data.count - 1
        return data.count - 1
    }

    // MARK: pages

    private mutating func addPages(_ question: StudyQuestion, _ form: StudyForm, _ items: [WrittenItem]) throws {
        let first = pages.count
        for item in items { pages.append(try page(item, question, form)) }
        let draw = RandomDraw(seed: UInt64(bitPattern: Int64(design.seed)), stream: "study/checks/\(question)/\(form)", step: 0)
        // Repetitions and noise are of different items, where there are enough.
        let chosen = draw.sample(2 * design.checks, below: items.count)
        for check in 0..<design.checks {
            guard !chosen.isEmpty else { return }
            let (again, other) = (chosen[check % chosen.count], chosen[(design.checks + check) % chosen.count])
            if pages[first + again].time == nil {
                pages[first + again].time = "early"
                var copy = pages[first + again]
                copy.key.check = .repeats(page: Self.name("page", first + again, study))
                copy.time = "late"
                pages.append(copy)
            }
            pages.append(try noisy(pages[first + other], items[other], number: pages.count))
        }
    }

    private mutating func page(_ item: WrittenItem, _ question: StudyQuestion, _ form: StudyForm) throws -> PageDraft {
        let key = StudyKey.Page(item: item.name, question: question, form: form, check: nil, pictures: item.pictures.map(\.name))
        return PageDraft(
            key: key, photo: question == .identity ? try item.photo.map { try place($0) } : nil,
            text: question == .prompt ? item.prompt : nil, data: try item.pictures.map { ($0.name, try place($0.data)) })
    }

    /// Returns a page with one picture more, of noise.
    private mutating func noisy(_ page: PageDraft, _ item: WrittenItem, number: Int) throws -> PageDraft {
        var result = page
        result.time = nil
        let name = Self.name("noise", number, study)
        let size = design.items.first { $0.name == item.name }?.pictures.first?.size ?? PixelSize(width: 128, height: 128)
        let image = Self.noise(size, RandomDraw(seed: UInt64(bitPattern: Int64(design.seed)), stream: "study/noise", step: UInt32(number)))
        let file = try design.quality.map { try image.jpegData(quality: $0) } ?? image.pngData()
        result.data = (result.data + [(name, try place(file))]).sorted { $0.picture < $1.picture }
        result.key.check = .noise(picture: name)
        result.key.pictures = result.data.map(\.picture)
        return result
    }

    /// Returns squares in random colours, 16 along the longer side: nothing that a model would draw, and small as a file.
    private static func noise(_ size: PixelSize, _ draw: RandomDraw) -> Image {
        let cell = max(1, (max(size.width, size.height) + 15) / 16)
        let columns = (size.width + cell - 1) / cell
        var pixels = [UInt8](repeating: 0, count: size.width * size.height * 3)
        for y in 0..<size.height {
            for x in 0..<size.width {
                let square = (y / cell) * columns + x / cell
                for channel in 0..<3 {
                    pixels[(y * size.width + x) * 3 + channel] = UInt8(truncatingIfNeeded: draw.word(3 * square + channel))
                }
            }
        }
        return Image(width: size.width, height: size.height, pixels: pixels)
    }

    // MARK: names

    /// Returns 16 hexadecimal digits that follow from all that raters see, and the seed.
    private static func identifier(_ design: StudyDesign) -> String {
        var hash = SHA256()
        func mix(_ text: String) { hash.update(Array("\(text.utf8.count) \(text)".utf8)) }
        func mix(_ image: Image) {
            mix("\(image.size)")
            hash.update(image.pixels)
        }
        mix("\(design.seed) \(design.checks) \(design.pagesPerRater ?? -1) \(design.quality ?? -1)")
        for text in [design.title, design.instructions] + design.questions.map(\.rawValue) + design.forms.map(\.rawValue) { mix(text) }
        for item in design.items {
            mix(item.prompt ?? "")
            if let photo = item.photo { mix(photo) }
            item.pictures.forEach(mix)
        }
        return digits(hash.finalize().prefix(8))
    }

    /// Returns a name that tells nothing of what it names.
    private static func name(_ kind: String, _ number: Int, _ study: String) -> String {
        var hash = SHA256()
        hash.update(Array("\(study) \(kind) \(number)".utf8))
        return digits(hash.finalize().prefix(6))
    }

    private static func digits(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func json(_ design: StudyDesign, _ study: String, _ pages: [(String, PageDraft)], _ data: [String]) -> JSON {
        let pages = pages.sorted { $0.0 < $1.0 }.map { id, page -> JSON in
            .object(
                JSONObject([
                    ("id", .string(id)), ("question", .string(page.key.question.rawValue)), ("form", .string(page.key.form.rawValue)),
                    ("photo", page.photo.map { JSON($0) } ?? .null), ("text", page.text.map(JSON.string) ?? .null),
                    ("pictures", .array(page.data.map { .array([.string($0.picture), JSON($0.place)]) })),
                    ("time", page.time.map(JSON.string) ?? .null), ("always", .bool(page.key.check != nil || page.time != nil)),
                ]))
        }
        return .object(
            JSONObject([
                ("study", .string(study)), ("title", .string(design.title)), ("instructions", .string(design.instructions)),
                ("pagesPerRater", design.pagesPerRater.map { JSON($0) } ?? .null), ("pages", .array(pages)),
                ("data", .array(data.map(JSON.string))),
            ]))
    }
}
