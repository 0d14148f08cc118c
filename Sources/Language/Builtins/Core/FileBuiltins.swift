import Files

/// Builtins that read and write texts and JSON.
extension CoreBuiltins {
    private static let input = Key<String>(
        "path", doc: "The file; beside the script, or in the current folder.", file: .input(library: nil))
    private static let place = Key<String>("path", doc: "The path.", file: .place)
    private static let value = Key<Value>("value", doc: "What to write; inf and nan are written as Python's json does.")
    private static let output = Key<String>("path", doc: "The file.", file: .output)
    private static let pretty = Key<Bool>("pretty", default: true, doc: "A line for each field and item.", keywordOnly: true)

    static let fileBuiltins: [Builtin] = [
        Builtin(
            "exists", family: .files, summary: "Whether there is a file or folder at a path.", parameters: [place], result: .bool,
            terms: ["file", "folder", "is there", "isfile", "isdir", "missing"],
            examples: [.init("exists(\"nothing.png\")", shows: "false")], seeAlso: ["read_text"],
            outside: "looks for a file",
            run: { call in
                let path = try call[place]
                return .bool(!path.isEmpty && Paths.exists(call.context.readable(path)))
            }),
        Builtin(
            "read_text", family: .files, summary: "The text of a file, which is to be UTF-8.", parameters: [input],
            result: .string, terms: ["open", "load", "file", "lines", "txt"],
            examples: [.init("save_json([1, 2], \"numbers.json\", pretty=false); read_text(\"numbers.json\")", shows: "\"[1,2]\\n\"")],
            seeAlso: ["load_json", "save_json"], run: { call in .string(try text(call)) }),
        Builtin(
            "load_json", family: .files,
            summary: "What a JSON file holds: records, lists, texts, numbers, true, false, none for null.",
            parameters: [input], result: .any, terms: ["read", "parse", "import", "dictionary", "settings"],
            examples: [.init("save_json({lr: 0.1, steps: [1, 2]}, \"run.json\"); load_json(\"run.json\").steps", shows: "[1, 2]")],
            seeAlso: ["save_json"], run: loadJSON),
        Builtin(
            "save_json", family: .files,
            summary: "Writes a value as JSON: records, lists, texts, numbers, true, false and none.",
            parameters: [value, output, pretty], result: .path, terms: ["write", "export", "store", "settings", "dictionary"],
            examples: [.init("save_json({lr: 0.1}, \"run.json\")", shows: "\"run.json\"")], run: saveJSON),
    ]

    /// Returns a file's text without a byte-order mark. Throws `.cannotRead` for a file that contains zero bytes.
    private static func text(_ call: Call) throws -> String {
        let given = try call[input]
        do {
            let text = try Paths.text(call.context.readable(given), limit: call.context.limits.bytes)
            if let zero = text.utf8.firstIndex(of: 0) {
                let place = text.utf8.distance(from: text.startIndex, to: zero)
                throw Problem(.cannotRead, "\(quoted(given)) is no text: byte \(place) of it is zero", argument: input.name)
            }
            return text.unicodeScalars.first == "\u{feff}" ? String(text.unicodeScalars.dropFirst()) : text
        } catch var problem as Problem {
            problem.argument = input.name
            throw problem
        }
    }

    @Sendable private static func loadJSON(_ call: Call) throws -> Value {
        let (path, text) = (try call[input], try text(call))
        return try Aside.run(extent: text.utf8.count, call.context.interrupt) {
            do {
                let json = try JSON.parse(Array(text.utf8), depthLimit: ValueJSON.deepest, allowsNonFinite: true)
                return try ValueJSON.value(of: json, path: path)
            } catch let error as JSONError {
                throw Problem(.badFile, "\(quoted(path)) is no JSON: \(error.description)", argument: input.name)
            }
        }
    }

    @Sendable private static func saveJSON(_ call: Call) throws -> Value {
        let (value, path) = (try call[Self.value], try call[output])
        let target = try call.newFile(output)
        let (isPretty, limit) = (try call[pretty], call.context.limits.bytes)
        let text = try Aside.run(extent: value.extent, call.context.interrupt) {
            try ValueJSON.json(of: value, limit: limit).text(pretty: isPretty, allowsNonFinite: true) + "\n"
        }
        try Reservation.check([text.utf8.count], what: "this text")
        do {
            try TextFile.replace(target, with: text)
        } catch var problem as Problem {
            problem.argument = output.name
            throw problem
        }
        return .string(path)
    }
}

extension Call {
    /// Returns the path at which a file is to be written. Throws `.badArgument` for an empty path or one with a zero byte, and
    /// `.cannotWrite` where its folder does not exist.
    func newFile(_ key: Key<String>) throws -> String {
        let given = try writablePath(key)
        let path = context.writable(given)
        if var problem = FolderProblem.missing(above: path) {
            problem.argument = key.name
            throw problem
        }
        return path
    }

    /// Returns a path as it was given. Throws `.badArgument` for an empty one and for one with a zero byte.
    func writablePath(_ key: Key<String>) throws -> String {
        let given = try self[key]
        guard !given.isEmpty, !given.utf8.contains(0) else {
            throw Problem(.badArgument, given.isEmpty ? "the path is empty" : "a path cannot contain a zero byte", argument: key.name)
        }
        return given
    }
}
