/// Finds completions at a cursor: names, parameters within a call, allowed words and files within strings, and fields after a dot. It works
/// on tokens, because unfinished code does not parse.
struct Completer {
    let machine: Machine
    /// The analysis of the program that is being edited; nil at a prompt, where the session's values say more.
    let analysis: Analysis?
    private var table: BuiltinTable { machine.context.builtins }

    /// Returns the candidates at a byte offset, the most specific first; none within a comment.
    func complete(_ code: String, cursor: Int) -> [Candidate] {
        let file = SourceFile(name: "", text: code)
        let cursor = min(max(cursor, 0), file.bytes.count)
        let scan = PartialScan(file, upTo: cursor)
        switch scan.place {
        case .comment: return []
        case .string(let start): return insideString(file, start, cursor, scan)
        case .code: break
        }
        let start = wordStart(file, cursor)
        let prefix = file.text(start, cursor)
        let range = start..<cursor
        let tokens = scan.tokens.filter { $0.end <= start }
        if let last = tokens.last, last.isSymbol(.dot), last.end == start {
            return fields(of: tokens.dropLast(), prefix, range, at: start)
        }
        if let first = prefix.utf8.first, Scanner.isDigit(first) { return [] }
        let call = scan.call(before: start)
        let first = values(call, prefix, range, at: start) + parameters(call, prefix, range, at: start)
        return first + names(prefix, range, at: start, withBuiltins: !prefix.isEmpty || first.isEmpty)
    }

    /// Returns the byte offset at which the word before the cursor begins.
    private func wordStart(_ file: SourceFile, _ cursor: Int) -> Int {
        var start = cursor
        while start > 0 {
            let byte = file.bytes[start - 1]
            guard Scanner.isNameStart(byte) || Scanner.isDigit(byte) || byte >= 0x80 else { break }
            start -= 1
        }
        return start
    }

    // MARK: names and parameters

    /// Returns the names that begin with the prefix: variables, then builtins and keywords. Within a call whose parameters are offered, an
    /// empty prefix offers no builtins.
    private func names(_ prefix: String, _ range: Range<Int>, at offset: Int, withBuiltins: Bool) -> [Candidate] {
        var found = variables(prefix, range, at: offset)
        let own = Set(found.map(\.text))
        found += machine.main.globals.filter { name, _ in
            name.hasPrefix(prefix) && (prefix.hasPrefix("_") || !name.hasPrefix("_")) && !own.contains(name)
                && (!prefix.isEmpty || !["In", "Out"].contains(name))
        }.map { name, value in
            Candidate(text: name, kind: .name, detail: value.typeName, range: range)
        }
        guard withBuiltins else { return found }
        let taken = Set(found.map(\.text))
        found += table.sorted.filter { $0.name.hasPrefix(prefix) && !taken.contains($0.name) }.map {
            Candidate(text: $0.name, kind: .builtin, detail: $0.signature, range: range)
        }
        if !prefix.isEmpty {
            found += KeywordHelp.table.keys.sorted().filter { $0.hasPrefix(prefix) }.map {
                Candidate(text: $0, kind: .keyword, range: range)
            }
        }
        return found
    }

    /// Returns the program's variables that are visible at a byte offset.
    private func variables(_ prefix: String, _ range: Range<Int>, at offset: Int) -> [Candidate] {
        guard let analysis else { return [] }
        var seen: Set<String> = []
        return analysis.visible(at: offset).filter {
            $0.name.hasPrefix(prefix) && seen.insert($0.name).inserted
                && ($0.bindings.isEmpty || $0.bindings.contains { $0.start != offset })
        }.map { symbol in
            let type = analysis.type(of: symbol, before: offset)
            var detail = type.shortText
            if case .function(.user(let function)) = type { detail = function.signature }
            return Candidate(text: symbol.name, kind: .name, detail: detail, range: range)
        }
    }

    /// Returns the words that the parameter before the cursor takes, as in `reduction=`, in quotes; for a bool `true` and `false`.
    private func values(
        _ call: PartialScan.OpenCall?, _ prefix: String, _ range: Range<Int>, at offset: Int
    ) -> [Candidate] {
        guard call?.afterLabel == true, let parameter = parameter(call, at: offset) else { return [] }
        var words = parameter.allowed?.map { "\"\($0)\"" } ?? []
        if case .bool = parameter.type { words = ["false", "true"] }
        return words.filter { $0.hasPrefix(prefix) }.map { Candidate(text: $0, kind: .value, range: range) }
    }

    /// Returns the parameters of the open call that no argument has given yet.
    private func parameters(
        _ call: PartialScan.OpenCall?, _ prefix: String, _ range: Range<Int>, at offset: Int
    ) -> [Candidate] {
        guard let call, !call.afterLabel, let function = function(call.path, at: offset) else { return [] }
        if case .builtin(let builtin) = function {
            // Parameters that positional arguments have already given.
            let given = builtin.parameters.filter { !$0.keywordOnly }.prefix(max(0, call.position - call.labels.count)).map(\.name)
            return builtin.parameters.filter { parameter in
                parameter.name.hasPrefix(prefix) && !parameter.variadic
                    && !call.labels.contains(parameter.name) && !given.contains(parameter.name)
            }.map { parameter in
                let value = parameter.defaultValue.map { " = \($0.literalText)" } ?? ""
                return Candidate(
                    text: parameter.name + "=", kind: .parameter, detail: parameter.type.shortName + value,
                    range: range)
            }
        }
        return function.parameterNames.filter { $0.hasPrefix(prefix) && !call.labels.contains($0) }.map {
            Candidate(text: $0 + "=", kind: .parameter, range: range)
        }
    }

    /// Returns the function that a path such as `a.f` means: the program's, else the session's, else a builtin.
    private func function(_ path: [String], at offset: Int) -> StaticFunction? {
        if let analysis, case .function(let function) = analysis.type(of: path, at: offset) { return function }
        if case .function(let function)? = value(path) {
            return function.builtin.map { .builtin($0) } ?? function.syntax.map { .user(UserFunction($0)) }
        }
        guard path.count == 1, let name = path.first, machine.main.existing(name)?.value == nil else {
            return nil
        }
        return table[name].map { .builtin($0) }
    }

    // MARK: fields

    private func fields(
        of tokens: ArraySlice<Token>, _ prefix: String, _ range: Range<Int>, at offset: Int
    ) -> [Candidate] {
        let path = PartialScan.path(endingAt: tokens)
        if !path.isEmpty, let type = analysis?.type(of: path, at: offset), !type.isUnknown {
            return type.fieldNames.filter { $0.hasPrefix(prefix) }.map { name in
                Candidate(text: name, kind: .field, detail: type.field(name)?.shortText ?? "", range: range)
            }
        }
        guard let steps = PartialScan.steps(endingAt: tokens), let value = value(steps) else { return [] }
        // Computing the fields of a large value may take too long for a key press.
        let isLarge = value.extent > 1 << 20 || Weight(value).bytes > 64 << 20
        let names = value.fieldNames.filter { $0.hasPrefix(prefix) }
        return names.map { name in
            let detail = isLarge || names.count > 1000 ? "" : field(name, of: value)?.typeName ?? ""
            return Candidate(text: name, kind: .field, detail: detail, range: range)
        }
    }

    /// Returns the value of a path such as `a.b[0].c`. Only fields and items are read; no code runs.
    private func value(_ steps: [PartialScan.Step]) -> Value? {
        guard case .name(let first)? = steps.first, var value = machine.main.existing(first)?.value else { return nil }
        for step in steps.dropFirst() {
            let next: Value? =
                switch step {
                case .name(let name), .key(let name): field(name, of: value)
                case .place(let place): (try? Indexing.apply([.at(.int(place))], to: value)) ?? nil
                }
            guard let next else { return nil }
            value = next
        }
        return value
    }

    private func value(_ path: [String]) -> Value? { value(path.map { .name($0) }) }

    private func field(_ name: String, of value: Value) -> Value? {
        switch value {
        case .record(let record): record[name]
        case .host(let host): (try? host.field(name)) ?? nil
        default: nil
        }
    }

    // MARK: inside strings

    /// Returns the candidates within a string: the parameter's allowed words, the fields of a record in `r["…`, or the files of a folder.
    private func insideString(
        _ file: SourceFile, _ start: Int, _ cursor: Int, _ scan: PartialScan
    ) -> [Candidate] {
        let text = file.text(start, cursor)
        let parameter = parameter(scan.call(before: start), at: start)
        let shipped = shipped(parameter)
        let words = (parameter?.allowed ?? shipped).filter { $0.hasPrefix(text) }.map {
            Candidate(text: $0, kind: .value, detail: shipped.isEmpty ? "" : "ships with bas", range: start..<cursor)
        }
        if parameter?.allowed != nil { return words }
        // r["…: the fields of a record.
        let before = scan.tokens.filter { $0.end <= start }
        if let bracket = before.last, bracket.isSymbol(.openBracket),
            let steps = PartialScan.steps(endingAt: before.dropLast()), let value = value(steps)
        {
            return value.fieldNames.filter { $0.hasPrefix(text) }.map { name in
                Candidate(text: name, kind: .field, detail: field(name, of: value)?.typeName ?? "", range: start..<cursor)
            }
        }
        let (folder, name) = Paths.split(text)
        let from = cursor - name.utf8.count
        let place = folderPath(folder)
        return words
            + Paths.entries(of: place, beginning: name).filter { !name.isEmpty || $0.name.first != "." }
            .prefix(500)
            .map { Candidate(text: $0.name + ($0.isFolder ? "/" : ""), kind: .file, range: from..<cursor) }
    }

    /// Returns the path of a folder in a string: beside the program where it exists there, else in the current folder.
    private func folderPath(_ folder: String) -> String {
        if let script = analysis?.file.name, !folder.hasPrefix("/"), !folder.hasPrefix("~") {
            let beside = Paths.split(script).folder + folder
            if Paths.isDirectory(beside.isEmpty ? "." : beside) { return beside.isEmpty ? "." : beside }
        }
        return machine.context.resolve(folder.isEmpty ? "." : folder)
    }

    /// Returns the parameter whose argument is being written, or nil.
    private func parameter(_ call: PartialScan.OpenCall?, at offset: Int) -> Parameter? {
        guard let call, case .builtin(let builtin)? = function(call.path, at: offset) else { return nil }
        if let label = call.currentLabel { return builtin.parameters.first { $0.name == label } }
        let places = builtin.parameters.filter { !$0.keywordOnly }
        return call.position < places.count ? places[call.position] : nil
    }

    /// Returns the names that the library has for a parameter that reads from it: "toys", "collage".
    private func shipped(_ parameter: Parameter?) -> [String] {
        guard case .input(let library?, _)? = parameter?.file, let folder = machine.context.resolveInLibrary(library) else { return [] }
        return Paths.entries(of: folder).filter(\.isFolder).map(\.name).sorted()
    }
}
