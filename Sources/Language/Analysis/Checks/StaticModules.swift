/// Files that a program imports, gone through once each, and files that it reads.
final class StaticModules {
    let context: Context
    /// A file's text: from disk, or an editor's unsaved one.
    private let read: (String) throws -> String
    private var known: [String: StaticType] = [:]
    private var loading: [String] = []
    private static let deepestImport = 50

    init(context: Context, read: @escaping (String) throws -> String) {
        self.context = context
        self.read = read
    }

    /// What `import` gives: a record of the file's names. Reports what makes the import fail.
    func exports(_ path: String, _ at: Span, from checker: FlowChecker) -> StaticType {
        do {
            let file = Paths.canonical(try context.locateImport(path, from: checker.file.name))
            if let type = known[file] { return type }
            guard !loading.contains(file), file != Paths.canonical(checker.file.name) else {
                let names = (loading + [file]).map { Paths.split($0).name }
                throw Problem(.importCycle, "these files import each other: \(names.joined(separator: " → "))")
            }
            guard loading.count < StaticModules.deepestImport else { return .unknown }
            loading.append(file)
            defer { loading.removeLast() }
            let type = try self.type(ofFile: file)
            known[file] = type
            return type
        } catch let problem as Problem {
            checker.report(Failure(problem, at: at, label: problem.label ?? "").diagnostic)
        } catch let unreadable as Unreadable {
            let texts = unreadable.errors.map { error in error.message + (error.span.map { " (line \($0.line))" } ?? "") }
            checker.fail(
                unreadable.errors[0].code, "\(quoted(path)) cannot be read: \(texts[0])", at, notes: texts.dropFirst().map { "also: \($0)" }
            )
        } catch {}
        return .unknown
    }

    private struct Unreadable: Error { var errors: [Diagnostic] }

    private func type(ofFile path: String) throws -> StaticType {
        let source = SourceFile(name: path, text: try read(path))
        let (program, errors) = Parser.recover(source, commands: context.builtins.commandNames)
        guard errors.isEmpty else { throw Unreadable(errors: errors) }
        let names = Resolver(program, table: context.builtins, known: []).names
        let checker = FlowChecker(program, names: names, context: context, modules: self, outside: [:])
        checker.silently { _ = checker.check(program) }
        let globals = names.symbols.filter { $0.kind == .global && !$0.name.hasPrefix("_") }
        return .record(globals.map { .init($0.name, checker.types[$0.id] ?? .unknown) }, isOpen: false)
    }

    // MARK: files

    /// Whether a file that a program names is there: in the library, beside the program, or in the current folder.
    func finds(_ path: String, _ library: String?, from script: String) -> Bool {
        if let library, !path.contains("/"), context.resolveInLibrary("\(library)/\(path)") != nil { return true }
        if path.hasPrefix("~/") || path.hasPrefix("/") { return Paths.exists(context.resolve(path)) }
        return Paths.exists(Paths.split(script).folder + path) || Paths.exists(path)
    }

    /// "did you mean …" among the library's names and the files beside the one that is missing.
    func nearest(_ path: String, _ library: String?, from script: String) -> String {
        let (folder, name) = Paths.split(path)
        var names =
            library.map { kind in
                context.standardLibrary.flatMap { Paths.entries(of: "\($0)/\(kind)").map(\.name) }
            } ?? []
        if !folder.isEmpty { names = [] }
        for place in [Paths.split(script).folder + folder, folder] {
            names += Paths.entries(of: place.isEmpty ? "." : place).map(\.name)
        }
        return nearestName(name, among: names).map { "did you mean \"\(folder)\($0)\"?" } ?? ""
    }
}
