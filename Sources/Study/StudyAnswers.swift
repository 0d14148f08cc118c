import Files

/// The answers of one rater, as the study's page wrote them into a file.
public struct StudyAnswers: Sendable, Equatable {
    /// An answered page.
    public struct Page: Sendable, Equatable {
        /// The page's identifier.
        public var page: String
        /// The pictures in the order in which this rater saw them.
        public var order: [String]
        /// The rating of each picture, 1…5, in that order; nil on a page of choice.
        public var ratings: [Int]?
        /// The chosen picture; nil on a page of ratings.
        public var chosen: String?
        /// How long the page was looked at.
        public var seconds: Double
    }

    /// What the rater called themselves.
    public var rater: String
    /// The answered pages in the rater's order.
    public var pages: [Page]
    /// How many pages the rater was to answer.
    public var pageCount: Int
    /// Whether nobody gave these answers: they come from a rehearsal.
    public private(set) var isRehearsal = false

    init(rater: String, pages: [Page], pageCount: Int) { (self.rater, self.pages, self.pageCount) = (rater, pages, pageCount) }

    /// Whether every page is answered.
    public var isComplete: Bool { pages.count == pageCount }

    /// What is wrong with a file of answers.
    public enum Fault: Error, Equatable, Sendable, CustomStringConvertible {
        /// The file is not JSON: it was cut short or changed.
        case notJSON(String)
        /// The file holds something else than answers.
        case notAnswers
        /// The answers are those of another study.
        case otherStudy(found: String, wanted: String)
        /// The answers do not fit the study, or were changed after they were saved.
        case damaged(String)

        /// The fault in words, without a full stop.
        public var description: String {
            switch self {
            case .notJSON(let why): "damaged: \(why)"
            case .notAnswers: "not a file of answers"
            case .otherStudy(let found, let wanted): "answers of another study, \(found); this one is \(wanted)"
            case .damaged(let why): "damaged: \(why)"
            }
        }
    }

    static let format = "bas study answers 1"

    /// Reads the contents of a file, and checks it against the study's key. Throws `Fault`.
    public init(_ bytes: [UInt8], key: StudyKey) throws(Fault) {
        let json: JSON
        do { json = try JSON.parse(bytes) } catch { throw .notJSON("\(error)") }
        guard json["format"]?.stringValue == Self.format, let study = json["study"]?.stringValue else { throw .notAnswers }
        guard study == key.study else { throw .otherStudy(found: study, wanted: key.study) }
        guard let rater = json["rater"]?.stringValue, !rater.isEmpty, let list = json["answers"]?.arrayValue,
            let sum = json["sum"]?.intValue
        else { throw .damaged("rater, answers or sum are missing") }
        self.rater = rater
        isRehearsal = json["rehearsal"]?.boolValue ?? false
        var pages: [Page] = []
        for item in list { pages.append(try Self.page(item, key)) }
        if let twice = Dictionary(grouping: pages, by: \.page).first(where: { $0.value.count > 1 }) {
            throw .damaged("page \(twice.key) is answered twice")
        }
        self.pages = pages
        pageCount = key.pagesOfRater
        guard pages.count <= pageCount else { throw .damaged("\(pages.count) pages are answered of \(pageCount)") }
        guard sum == Self.sum(study, rater, pages) else { throw .damaged("the answers were changed after they were saved") }
    }

    /// Returns the answers as the text of a file, as the page writes it.
    func text(study: String, isRehearsal: Bool) -> String {
        let answers = pages.map { page -> JSON in
            var members: [(String, JSON)] = [("page", .string(page.page)), ("order", .array(page.order.map(JSON.string)))]
            if let ratings = page.ratings {
                members.append(("ratings", .object(JSONObject(zip(page.order, ratings.map { JSON($0) }).map { ($0, $1) }))))
            }
            if let chosen = page.chosen { members.append(("chosen", .string(chosen))) }
            return .object(JSONObject(members + [("seconds", JSON(page.seconds))]))
        }
        let members: [(String, JSON)] = [
            ("format", .string(Self.format)), ("study", .string(study)), ("rater", .string(rater)), ("rehearsal", .bool(isRehearsal)),
            ("pages", JSON(pageCount)), ("complete", .bool(isComplete)), ("answers", .array(answers)),
            ("sum", JSON(Self.sum(study, rater, pages))),
        ]
        return JSON.object(JSONObject(members)).text() + "\n"
    }

    private static func page(_ json: JSON, _ key: StudyKey) throws(Fault) -> Page {
        guard let id = json["page"]?.stringValue, let order = json["order"]?.arrayValue?.compactMap(\.stringValue) else {
            throw .damaged("an answer has no page or no order")
        }
        guard let known = key.pages[id] else { throw .damaged("there is no page \(id) in the study") }
        guard order.sorted() == known.pictures.sorted() else { throw .damaged("the pictures of page \(id) are not those of the study") }
        let seconds = json["seconds"]?.doubleValue ?? 0
        switch known.form {
        case .likert:
            let ratings = order.compactMap { json["ratings"]?[$0]?.intValue }.filter { (1...5).contains($0) }
            guard ratings.count == order.count else { throw .damaged("page \(id) lacks a rating of 1 to 5 for a picture") }
            return Page(page: id, order: order, ratings: ratings, chosen: nil, seconds: seconds)
        case .choice:
            guard let chosen = json["chosen"]?.stringValue, order.contains(chosen) else {
                throw .damaged("page \(id) has no chosen picture")
            }
            return Page(page: id, order: order, ratings: nil, chosen: chosen, seconds: seconds)
        }
    }

    /// Returns the sum over the answers that `order.js` computes: FNV-1a, 32 bits.
    private static func sum(_ study: String, _ rater: String, _ pages: [Page]) -> Int {
        let lines = pages.map { page in
            let answer = page.ratings.map { $0.map(String.init).joined(separator: ",") } ?? page.chosen ?? ""
            return "\(page.page) \(page.order.joined(separator: ",")) \(answer)"
        }
        let text = ([study, rater] + lines).joined(separator: "\n")
        return Int(text.utf8.reduce(0x811c_9dc5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 })
    }
}
