import Files
import Language

/// How far a person has come in the lessons, kept in a file.
public struct TourProgress: Sendable, Equatable {
    /// How far in one lesson.
    public struct Entry: Sendable, Equatable {
        /// The step at which it goes on.
        public var place = 0
        /// The number of steps, 0 where it is not known.
        public var count = 0
        /// The answers by their questions.
        public var answers: [String: String] = [:]
        /// What was entered for each exercise, by its step.
        public var inputs: [Int: [String]] = [:]
        /// The exercises that are solved, by their steps.
        public var solved: Set<Int> = []

        /// The beginning of a lesson.
        public init() {}

        /// Whether the lesson was walked through to its end.
        public var isDone: Bool { count > 0 && place >= count }
    }

    /// The name of the lesson in which the person was last; nil before the first.
    public var current: String?
    /// The lessons by their names.
    public var lessons: [String: Entry] = [:]
    private let path: String?

    /// Reads what is kept in a file; a file that is missing or damaged counts as the beginning. `path` nil keeps nothing.
    public init(path: String?) {
        self.path = path
        guard let path, let bytes = try? ReadableFile.contents(path, limit: 1 << 24), let json = try? JSON.parse(bytes) else { return }
        current = json["current"]?.stringValue
        if let known = json["lessons"]?.objectValue { for (name, entry) in known.members { lessons[name] = Self.entry(entry) } }
    }

    private static func entry(_ json: JSON) -> Entry {
        var entry = Entry()
        entry.place = max(0, json["place"]?.intValue ?? 0)
        entry.count = max(0, json["count"]?.intValue ?? 0)
        if let answers = json["answers"]?.objectValue {
            for (question, answer) in answers.members { entry.answers[question] = answer.stringValue }
        }
        if let inputs = json["inputs"]?.objectValue {
            for (step, texts) in inputs.members {
                if let step = Int(step) { entry.inputs[step] = texts.arrayValue?.compactMap { $0.stringValue } }
            }
        }
        entry.solved = Set(json["solved"]?.arrayValue?.compactMap(\.intValue) ?? [])
        return entry
    }

    /// Writes the file. Throws a `Problem` where that cannot be done.
    public func write() throws {
        guard let path else { return }
        let entries = lessons.sorted { $0.key < $1.key }.map { ($0.key, Self.json($0.value)) }
        let json: JSON = ["current": current.map { .string($0) } ?? .null, "lessons": .object(JSONObject(entries))]
        if let slash = path.lastIndex(of: "/") { try? FileSystem.createFolder(String(path[..<slash])) }
        try TextFile.replace(path, with: json.text() + "\n")
    }

    private static func json(_ entry: Entry) -> JSON {
        let answers = entry.answers.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
        let inputs = entry.inputs.sorted { $0.key < $1.key }.map { (String($0.key), JSON.array($0.value.map { .string($0) })) }
        return [
            "place": JSON(entry.place), "count": JSON(entry.count), "answers": .object(JSONObject(answers)),
            "inputs": .object(JSONObject(inputs)), "solved": .array(entry.solved.sorted().map { JSON($0) }),
        ]
    }
}
