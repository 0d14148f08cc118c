/// Modules by their canonical path, and those whose file is being run.
struct ImportTable {
    private(set) var modules: [String: Module] = [:]
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
    /// Imports may import, this deep.
    private static let deepestImport = 50

    /// The module of a file: beside the importing file, else in the current folder, else in the library. Each
    /// file is run once.
    func importModule(_ path: String, from importer: String) throws -> Module {
        let file = Paths.canonical(try context.locateImport(path, from: importer))
        if let module = imports.modules[file] { return module }
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

    /// A path as messages show it: relative where it lies below the current folder.
    private func shown(_ path: String) -> String {
        let here = Paths.canonical(".") + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }

    /// The program that a file holds, and what is wrong with it. Throws the `.interrupted` problem where a stop ended that.
    func parsed(_ file: SourceFile) throws -> (program: Program, errors: [Diagnostic]) {
        let commands = context.builtins.commandNames
        let result = try Aside.run(extent: file.bytes.count, context.interrupt) { Parser.recover(file, commands: commands) }
        try context.interrupt.check()
        return result
    }

    /// Runs a file's statements without showing values.
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
    /// The file that `import` means: beside the importing file, else in the current folder, else in the library.
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
