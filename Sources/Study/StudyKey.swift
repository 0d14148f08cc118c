import Files

/// What a study's page does not say: which picture is by which method, and which pages are checks. It stays with whoever runs the study.
public struct StudyKey: Sendable, Equatable {
    /// What a page asks, and of what.
    public struct Page: Sendable, Equatable {
        /// The name of the item.
        public var item: String
        /// The question.
        public var question: StudyQuestion
        /// The form of the answer.
        public var form: StudyForm
        /// What the page tests, if it is a check.
        public var check: Check?
        /// The pictures on the page.
        public var pictures: [String]
    }

    /// An attention check.
    public enum Check: Sendable, Equatable {
        /// The page asks again what another one has asked.
        case repeats(page: String)
        /// One picture of the page is noise.
        case noise(picture: String)
    }

    /// The study's identifier: 16 hexadecimal digits, by which answers are told from those of other studies.
    public var study: String
    /// The study's title.
    public var title: String
    /// The methods and items in their order.
    public var methods: [String], items: [String]
    /// The pages by their identifiers.
    public var pages: [String: Page]
    /// The method of each picture, by the picture's identifier; pictures of noise have none.
    public var pictures: [String: String]
    /// How many pages that are no checks a rater gets; nil for all.
    public var pagesPerRater: Int?

    static let format = "bas study key 1"

    /// The number of pages of one rater.
    public var pagesOfRater: Int {
        let checks = pages.values.count { $0.check != nil }
        // A page that is asked again is among those of every rater.
        let ordinary = pages.count - checks
        return checks + min(ordinary, pagesPerRater.map { max($0, repeated.count) } ?? ordinary)
    }

    /// Returns whether another page asks the same again.
    public func isRepeated(_ page: String) -> Bool { repeated.contains(page) }

    /// The pages that are asked twice.
    private var repeated: Set<String> {
        Set(pages.values.compactMap { if case .repeats(let page) = $0.check { page } else { nil } })
    }
}

// MARK: on disk

extension StudyKey {
    /// The key as JSON text, keys in a fixed order.
    public var text: String {
        let pages = pages.sorted { $0.key < $1.key }.map { id, page -> (String, JSON) in
            var members: [(String, JSON)] = [
                ("item", .string(page.item)), ("question", .string(page.question.rawValue)), ("form", .string(page.form.rawValue)),
                ("pictures", .array(page.pictures.map(JSON.string))),
            ]
            switch page.check {
            case .repeats(let other): members.append(("repeats", .string(other)))
            case .noise(let picture): members.append(("noise", .string(picture)))
            case nil: break
            }
            return (id, .object(JSONObject(members)))
        }
        let pictures = pictures.sorted { $0.key < $1.key }.map { ($0, JSON.string($1)) }
        let members: [(String, JSON)] = [
            ("format", .string(Self.format)), ("study", .string(study)), ("title", .string(title)),
            ("methods", .array(methods.map(JSON.string))), ("items", .array(items.map(JSON.string))),
            ("pages_per_rater", pagesPerRater.map { JSON($0) } ?? .null), ("pages", .object(JSONObject(pages))),
            ("pictures", .object(JSONObject(pictures))),
        ]
        return JSON.object(JSONObject(members)).text() + "\n"
    }

    /// Reads a key. Throws `StudyError.notAKey` and `FileError`.
    public init(contentsOf path: String) throws {
        let bytes = try ReadableFile.contents(path, limit: 1 << 28)
        guard let json = try? JSON.parse(bytes), json["format"]?.stringValue == Self.format, let key = StudyKey(json) else {
            throw StudyError.notAKey(path: path)
        }
        self = key
    }

    private init?(_ json: JSON) {
        func strings(_ json: JSON?) -> [String]? {
            guard let array = json?.arrayValue else { return nil }
            let strings = array.compactMap(\.stringValue)
            return strings.count == array.count ? strings : nil
        }
        guard let study = json["study"]?.stringValue, let title = json["title"]?.stringValue, let methods = strings(json["methods"]),
            let items = strings(json["items"]), let pageMembers = json["pages"]?.objectValue,
            let pictureMembers = json["pictures"]?.objectValue
        else { return nil }
        var pages: [String: Page] = [:]
        for (id, page) in pageMembers.members {
            guard let item = page["item"]?.stringValue, let question = page["question"]?.stringValue.flatMap(StudyQuestion.init),
                let form = page["form"]?.stringValue.flatMap(StudyForm.init), let shown = strings(page["pictures"])
            else { return nil }
            let check = page["repeats"]?.stringValue.map(Check.repeats) ?? page["noise"]?.stringValue.map(Check.noise)
            pages[id] = Page(item: item, question: question, form: form, check: check, pictures: shown)
        }
        var pictures: [String: String] = [:]
        for (id, method) in pictureMembers.members {
            guard let method = method.stringValue else { return nil }
            pictures[id] = method
        }
        self.init(
            study: study, title: title, methods: methods, items: items, pages: pages, pictures: pictures,
            pagesPerRater: json["pages_per_rater"]?.intValue)
    }
}

/// What is wrong with a file of a study.
public enum StudyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file is no key of a study.
    case notAKey(path: String)
    /// The page would have this many bytes.
    case tooLarge(bytes: Int, limit: Int)

    /// The error as a message, without a full stop.
    public var description: String {
        switch self {
        case .notAKey(let path): "\(path) is not the key of a study; it is the file whose name ends in .key.json, beside the study's page"
        case .tooLarge(let bytes, let limit): "the page would have \(bytes >> 20) MiB of pictures; browsers take \(limit >> 20)"
        }
    }
}
