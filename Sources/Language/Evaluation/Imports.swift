/// The modules that have been imported, by canonical path, and the files whose statements are running.
struct ImportTable {
    private(set) var modules: [String: Module] = [:]
    /// The canonical paths of the files whose statements are running, outermost first.
    private(set) var loading: [String] = []

    mutating func begin(_ path: String) { loading.append(path) }
    mutating func end() { loading.removeLast() }
    mutating func store(_ module: Module, _ path: String) { modules[path] = module }

    mutating func clear() {
        for module in modules.values { module.clear() }
        modules.removeAll()
    }
}

extension Machine {
    /// The deepest nesting of imports.
    private static let deepestImport = 50

    /// Returns the module of a file, running the file where it has not been imported before. The file is looked for beside the importing
    /// file, then in the current folder, then in the library. Throws a `Problem` where it cannot be found or read or imports go in a
    /// circle, and the `Failure` of its statements.
    func importModule(_ path: String, from importer: String) throws -> Module {
        let file = Paths.canonical(try context.locateImport(path, from: importer))
        if let module = imports.modules[file] { return module }
        try context.permit(file, .read)
        if let start = imports.loading.firstIndex(of: file) {
            let cycle = (imports.loading[start...] + [file]).map { Paths.split($0).name }
            throw Problem(.importCycle, "these files import each other: \(cycle.joined(separator: " → "))")
        }
        guard imports.loading.count < Machine.deepestImport else {
            throw Problem(.importCycle, "imports are nested too deeply")
        }
        let source = SourceFile(name: shown(file), text: try Paths.readText(file))
        let module = Module(name: source.name)
        imports.begin(file)
        defer { imports.end() }
        try execute(source, in: module)
        imports.store(module, file)
        return module
    }

    /// Returns a path as messages show it: relative where it lies below the current folder.
    private func shown(_ path: String) -> String {
        let here = Paths.canonical(".") + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }

    /// Parses a file, and returns the program with its syntax errors. Throws `.interrupted` where a stop was requested meanwhile.
    func parsed(_ file: SourceFile) throws -> (program: Program, errors: [Diagnostic]) {
        let commands = context.builtins.commandNames
        let result = try Aside.run(extent: file.bytes.count, context.interrupt) { Parser.recover(file, commands: commands) }
        try context.interrupt.check()
        return result
    }

    /// Runs a file's statements without showing their values. Throws the first syntax error, with the others in `Failure.further`.
    private func execute(_ source: SourceFile, in module: Module) throws {
        let (program, errors) = try parsed(source)
        if let first = errors.first {
            var failure = Failure(first)
            failure.further = Array(errors.dropFirst())
            throw failure
        }
        let compiler = Compiler(statements: program.statements, module: module, machine: self)
        let nodes = try program.statements.polledMap { compiler.compile($0) }
        let frame = Frame(machine: self, slots: compiler.slotCount, boxes: compiler.boxNames, captures: [])
        let outer = context.currentFile
        context.currentFile = source.name
        defer { context.currentFile = outer }
        for node in nodes {
            try tick(node)
            _ = try node.evaluate(frame)
        }
    }
}

extension Context {
    /// Returns the path of the file that an `import` means: beside the importing file, else in the current folder, else in the library.
    /// Throws `.fileMissing` where there is none.
    func locateImport(_ path: String, from importer: String) throws -> String {
        if path.hasPrefix("/") { return path }
        let beside = Paths.split(importer).folder + path
        for candidate in [beside, resolve(path)] where Paths.exists(candidate) { return candidate }
        if let found = resolveInLibrary(path) { return found }
        if !path.hasSuffix(".bas"), let found = resolveInLibrary(path + ".bas") { return found }
        let names = standardLibrary.flatMap { Paths.entries(of: $0) }.map(\.name).filter {
            $0.hasSuffix(".bas")
        }
        let suggestion = nearestLabel(path, among: names, quoted: true)
        throw Problem(
            .fileMissing, "there is no file \(quoted(path)) to import", label: suggestion,
            notes: suggestion.isEmpty && !names.isEmpty ? ["the library has \(listed(names))"] : [])
    }
}
