import Files

/// Builtins that read and write texts and JSON.
extension CoreBuiltins {
    private static let family = "files"
    private static let input = Parameter("path", .string, doc: "The file; beside the script, or in the current folder.").naming(
        .input(library: nil))

    static let fileBuiltins: [Builtin] = [
        Builtin(
            "exists", family: family, summary: "Whether there is a file or folder at a path.",
            parameters: [Parameter("path", .string, doc: "The path.")], result: "bool",
            terms: ["file", "folder", "is there", "isfile", "isdir", "missing"],
            examples: [.init("exists(\"nothing.png\")", shows: "false")],
            run: { call in
                let path = try call.string("path")
                return .bool(!path.isEmpty && Paths.exists(call.context.readable(path)))
            }),
        Builtin(
            "read_text", family: family, summary: "The text of a file, which is to be UTF-8.", parameters: [input],
            result: "string", terms: ["open", "load", "file", "lines", "txt"],
            examples: [.init("save_json([1, 2], \"numbers.json\", pretty=false); read_text(\"numbers.json\")", shows: "\"[1,2]\\n\"")],
            run: { call in .string(try text(call)) }),
        Builtin(
            "load_json", family: family,
            summary: "What a JSON file holds: records, lists, texts, numbers, true, false, none for null.",
            parameters: [input], result: "any value", terms: ["read", "parse", "import", "dictionary", "settings"],
            examples: [.init("save_json({lr: 0.1, steps: [1, 2]}, \"run.json\"); load_json(\"run.json\").steps", shows: "[1, 2]")],
            run: loadJSON),
        Builtin(
            "save_json", family: family,
            summary: "Writes a value as JSON: records, lists, texts, numbers, true, false and none.",
            parameters: [
                Parameter("value", doc: "What to write; inf and nan are written as Python's json does."),
                Parameter("path", .string, doc: "The file.").naming(.output),
                Parameter("pretty", .bool, default: true, doc: "A line for each field and item.", keywordOnly: true),
            ],
            result: "the path", terms: ["write", "export", "store", "settings", "dictionary"],
            examples: [.init("save_json({lr: 0.1}, \"run.json\")", shows: "\"run.json\"")], run: saveJSON),
    ]

    /// Returns a file's text without a byte-order mark. Throws `.cannotRead` for a file that contains zero bytes.
    private static func text(_ call: Call) throws -> String {
        let given = try call.string("path")
        do {
            let text = try Paths.text(call.context.readable(given), limit: call.context.limits.bytes)
            if let zero = text.utf8.firstIndex(of: 0) {
                let place = text.utf8.distance(from: text.startIndex, to: zero)
                throw Problem(.cannotRead, "\(quoted(given)) is no text: byte \(place) of it is zero", argument: "path")
            }
            return text.unicodeScalars.first == "\u{feff}" ? String(text.unicodeScalars.dropFirst()) : text
        } catch var problem as Problem {
            problem.argument = "path"
            throw problem
        }
    }

    @Sendable private static func loadJSON(_ call: Call) throws -> Value {
        let (path, text) = (try call.string("path"), try text(call))
        return try Aside.run(extent: text.utf8.count, call.context.interrupt) {
            do {
                let json = try JSON.parse(Array(text.utf8), depthLimit: ValueJSON.deepest, allowsNonFinite: true)
                return try ValueJSON.value(of: json, path: path)
            } catch let error as JSONError {
                throw Problem(.badFile, "\(quoted(path)) is no JSON: \(error.description)", argument: "path")
            }
        }
    }

    @Sendable private static func saveJSON(_ call: Call) throws -> Value {
        let (value, path) = (try call.value("value"), try call.string("path"))
        let target = try call.newFile("path")
        let (isPretty, limit) = (try call.bool("pretty"), call.context.limits.bytes)
        let text = try Aside.run(extent: value.extent, call.context.interrupt) {
            try ValueJSON.json(of: value, limit: limit).text(pretty: isPretty, allowsNonFinite: true) + "\n"
        }
        try Reservation.check([text.utf8.count], what: "this text")
        do {
            try TextFile.replace(target, with: text)
        } catch var problem as Problem {
            problem.argument = "path"
            throw problem
        }
        return .string(path)
    }
}

extension Call {
    /// Returns the path at which a file is to be written. Throws `.badArgument` for an empty path or one with a zero byte, and
    /// `.cannotWrite` where its folder does not exist.
    func newFile(_ name: String) throws -> String {
        let given = try string(name)
        guard !given.isEmpty, !given.utf8.contains(0) else {
            throw Problem(.badArgument, given.isEmpty ? "the path is empty" : "a path cannot contain a zero byte", argument: name)
        }
        let path = context.resolve(given)
        if var problem = FolderProblem.missing(above: path) {
            problem.argument = name
            throw problem
        }
        return path
    }
}
