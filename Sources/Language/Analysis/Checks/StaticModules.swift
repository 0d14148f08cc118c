/// Checks the files that a program imports, each once, and looks for the files that it reads.
final class StaticModules {
    let context: Context
    /// Returns a file's text, from disk or from an editor's unsaved document. Throws where it cannot be read.
    private let read: (String) throws -> String
    /// The types of the modules that have been checked, by canonical path.
    private var known: [String: StaticType] = [:]
    /// The canonical paths of the files whose imports are being followed, outermost first.
    private var loading: [String] = []
    /// Imports nested deeper than this are not followed.
    private static let deepestImport = 50

    init(context: Context, read: @escaping (String) throws -> String) {
        self.context = context
        self.read = read
    }

    /// Returns the type of the record that `import` gives, with the names that the file exports. Reports what makes the import fail.
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

    /// Carries the syntax errors of an imported file.
    private struct Unreadable: Error { var errors: [Diagnostic] }

    private func type(ofFile path: String) throws -> StaticType {
        try context.permit(path, .read)
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

    /// Returns whether a file that a program names exists: in the library folder `library`, beside the script, or in the current folder.
    func finds(_ path: String, _ library: String?, from script: String) -> Bool {
        if let library, !path.contains("/"), context.resolveInLibrary("\(library)/\(path)") != nil { return true }
        if path.hasPrefix("~/") || path.hasPrefix("/") { return Paths.exists(context.resolve(path)) }
        return Paths.exists(Paths.split(script).folder + path) || Paths.exists(path)
    }

    /// Returns "did you mean …" with the nearest name among the library's entries and the files beside the missing one; empty where none is
    /// near.
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
