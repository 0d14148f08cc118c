/// A running hash of texts and host values, supplied by the host.
public protocol ContentDigest {
    /// Creates a digest of nothing.
    init()
    /// Adds a text.
    mutating func add(_ text: String)
    /// Adds the contents of a host value, and returns the language's values that it holds, which the caller adds in turn.
    mutating func add(_ host: any HostValue) -> [Value]
    /// The digest in a few characters, equal for equal contents.
    var text: String { get }
}

/// The form of a part's text: a value as it is written, a function's own text, or a digest of other contents.
public enum FunctionPartKind: String, Sendable { case literal, function, contents }

/// Everything that determines what a function does, in named parts: its own text, every variable that it reads, and the same of each
/// function that it reaches through them, in this file or an imported one. Two functions with equal parts compute the same, apart from what
/// they read from files and draw at random.
public struct FunctionContents<Digest: ContentDigest> {
    /// One part of the contents.
    public struct Part: Sendable, Equatable {
        /// The part's name, unique in the contents: "attention_loss", "attention_loss: helper" for a variable that it reads, "helper:
        /// weight" for a variable that the helper reads in turn.
        public let name: String
        /// A short value as it is written; a digest of anything else.
        public let text: String
        /// The form of the text.
        public let kind: FunctionPartKind
    }

    /// The parts, in the order in which they are reached.
    public private(set) var parts: [Part] = []
    /// The functions met so far, numbered in order; a reference back to one is described by its number.
    private var functions: [ObjectIdentifier: Int] = [:]
    private var variables: [ObjectIdentifier: Set<String>] = [:]
    /// The functions that are still to be taken apart. A queue replaces recursion, because chains of functions may be long.
    private var waiting: [(name: String, owner: String, function: FunctionValue)] = []
    private var uses: [String: Int] = [:]

    private static var longestLiteral: Int { 60 }

    /// Takes a function apart. The parts' names begin with `name`.
    public init(_ function: FunctionValue, named name: String) {
        enqueue(function, name, name)
        takeWaiting()
    }

    private init() {}

    /// Returns a digest of any value, including what its functions do; equal for equal contents.
    public static func identity(of value: Value) -> String {
        var contents = FunctionContents()
        var digest = Digest()
        digest.add(contents.summary(of: value, "value"))
        contents.takeWaiting()
        for part in contents.parts {
            digest.add(part.name)
            digest.add(part.text)
        }
        return digest.text
    }

    private mutating func takeWaiting() {
        var next = 0
        while next < waiting.count {
            take(waiting[next].function, waiting[next].name, as: waiting[next].owner)
            next += 1
        }
        waiting = []
    }

    /// Adds the parts of a function. The names of its variables' parts begin with `owner`.
    private mutating func take(_ function: FunctionValue, _ name: String, as owner: String) {
        guard let closure = function.closure else { return add(name, function.name, .function) }
        var digest = Digest()
        digest.add(closure.code.wordsOfText)
        add(name, digest.text, .function)
        for box in closure.captures { take(box, nil, owner, builtin: nil) }
        for read in closure.code.reads { take(read.box, read.field, owner, builtin: read.builtin) }
        for file in closure.code.imports {
            let (exports, label) = ((try? file.exports()) ?? nil, "\(owner): import \(file.path)")
            add(label, exports.map { summary(of: .record($0), label) } ?? "cannot be read", .contents)
        }
    }

    private mutating func take(_ box: Box, _ field: String?, _ owner: String, builtin: FunctionValue?) {
        var value = box.value
        var name = box.name
        if let field, case .record(let record)? = value {
            (value, name) = (record[field], "\(name).\(field)")
        }
        guard variables[ObjectIdentifier(box), default: []].insert(name).inserted else { return }
        let label = "\(owner): \(name)"
        switch value {
        case nil: add(label, builtin.map(\.name) ?? "without a value", builtin == nil ? .literal : .function)
        case .function(let function)?:
            if !isKnown(function) { enqueue(function, label, name) } else { add(label, "function \(number(of: function))", .function) }
        case let value?:
            let text = Self.literal(value)
            add(label, text ?? summary(of: value, label), text == nil ? .contents : .literal)
        }
    }

    private mutating func add(_ name: String, _ text: String, _ kind: FunctionPartKind) {
        let count = uses[name, default: 0] + 1
        uses[name] = count
        parts.append(Part(name: count == 1 ? name : "\(name) #\(count)", text: text, kind: kind))
    }

    private mutating func enqueue(_ function: FunctionValue, _ name: String, _ owner: String) {
        _ = number(of: function)
        waiting.append((name, owner, function))
    }

    // MARK: functions

    private func key(_ function: FunctionValue) -> ObjectIdentifier {
        function.closure.map { ObjectIdentifier($0) } ?? ObjectIdentifier(function)
    }

    private func isKnown(_ function: FunctionValue) -> Bool { functions[key(function)] != nil }

    private mutating func number(of function: FunctionValue) -> Int {
        let key = key(function)
        if let known = functions[key] { return known }
        let next = functions.count
        functions[key] = next
        return next
    }

    // MARK: values

    /// Returns a scalar, a short string or a short list of these as it is written, or nil for other values.
    private static func literal(_ value: Value) -> String? {
        switch value {
        case .none, .bool, .int, .float, .range: return value.literalText
        case .string(let text): return text.utf8.count <= longestLiteral ? value.literalText : nil
        case .list(let items):
            guard items.count <= 8 else { return nil }
            let texts = items.compactMap { item -> String? in if case .list = item { nil } else { literal(item) } }
            let text = "[\(texts.joined(separator: ", "))]"
            return texts.count == items.count && text.utf8.count <= longestLiteral ? text : nil
        default: return nil
        }
    }

    /// Returns a digest of everything that a value holds; functions among it are taken apart under `label`.
    private mutating func summary(of value: Value, _ label: String) -> String {
        var digest = Digest()
        var stack = [value]
        while let value = stack.popLast() {
            switch value {
            case .none, .bool, .int, .range: digest.add(value.literalText)
            case .float(let number): digest.add("f\(number.bitPattern)")
            case .string(let text): digest.add("s\(text.utf8.count):\(text)")
            case .list(let items):
                digest.add("list \(items.count)")
                stack += items.reversed()
            case .record(let record):
                digest.add("record \(record.keys.joined(separator: "\n"))")
                stack += record.keys.reversed().map { record[$0] ?? .none }
            case .function(let function):
                if !isKnown(function) { enqueue(function, "\(label).\(function.name)", function.name) }
                digest.add("function \(number(of: function))")
            case .host(let host):
                digest.add(host.typeName)
                stack += digest.add(host).reversed()
            }
        }
        return digest.text
    }
}

extension Code {
    /// The function's text without comments and layout: the tokens with one space between them, and a line end where one may end a
    /// statement.
    var wordsOfText: String {
        var scanner = Scanner(file: span.file, range: span.start..<span.end)
        guard let tokens = try? scanner.scan() else { return span.text }
        var (text, previous) = ("", "")
        for token in tokens {
            let word = span.file.text(token.start, token.end)
            let ends = token.newlineBefore && !["{", "(", "["].contains(previous) && !["}", ")", "]"].contains(word)
            text += (ends ? "\n" : " ") + word
            previous = word
        }
        return text
    }
}
