import Commands
import Files
import Language
import Tensors

/// The keys of cells, of two kinds. A *static* key follows from the program and the files that it reads: the cell's own text, the static keys
/// of the cells that it reads from, and of the cells that drew random numbers before it. It is what a file records, because it can be
/// compared without running anything. A *value* key follows from the values that the cell reads, so that a cell above that was changed without
/// effect changes nothing below it.
struct CellKeys {
    private let analysis: NotebookAnalysis
    private let context: Context
    private let path: String
    private var hashes: FileHashes
    /// The static keys; nil where a cell depends on one whose results cannot be kept.
    private(set) var fixed: [String?] = []

    /// Computes the static keys. Throws `CancellationError`.
    init(_ file: NotebookFile, _ analysis: NotebookAnalysis, _ context: Context, hashes: FileHashes) throws {
        (self.analysis, self.context, self.path, self.hashes) = (analysis, context, file.path, hashes)
        var lastRandom: String? = "none"
        for cell in analysis.cells {
            let key = try fixedKey(cell, random: lastRandom)
            fixed.append(key)
            if cell.isRandom { lastRandom = key }
        }
        self.hashes.save()
    }

    private mutating func fixedKey(_ cell: CellDependencies, random: String?) throws -> String? {
        guard cell.obstacle == nil, let names = cell.names, !cell.isRandom || random != nil else { return nil }
        var parts = try head(names, cell)
        for (name, giver) in cell.reads {
            guard let giver else {
                parts += [name, "-"]
                continue
            }
            guard let key = fixed[giver] else { return nil }
            parts += [name, key]
        }
        if cell.isRandom, let random { parts += ["random", random] }
        return Self.hash(parts)
    }

    /// Returns the value key of a cell, given digests of the values that it reads and of the random numbers before it; nil where one is not
    /// known, or where results of the cell cannot be kept.
    mutating func valueKey(_ place: Int, random: RandomState, digest: (_ name: String, _ giver: Int) -> String?) throws -> String? {
        let cell = analysis.cells[place]
        guard cell.obstacle == nil, let names = cell.names else { return nil }
        var parts = try head(names, cell)
        for (name, giver) in cell.reads {
            guard let giver else {
                parts += [name, "-"]
                continue
            }
            guard let digest = digest(name, giver) else { return nil }
            parts += [name, digest]
        }
        if cell.isRandom { parts += ["random", CellCache.digest(random)] }
        return Self.hash(parts)
    }

    /// The parts of a key that follow from the cell alone: the engine's version, the cell's text and the files that it reads.
    private mutating func head(_ names: CellNames, _ cell: CellDependencies) throws -> [String] {
        var parts = ["bas notebook 1", CommandTable.version, names.outline]
        for (name, library) in cell.files { parts += [name, try hashes.hash(found(name, library))] }
        return parts
    }

    /// The paths at which the files that cells read are, or would be looked for first.
    var inputs: Set<String> {
        Set(analysis.cells.flatMap(\.files).flatMap { [found($0.path, $0.library)] + ($0.path.hasPrefix("/") ? [] : [beside($0.path)]) })
    }

    /// Returns whether a file that a cell reads has been changed after a time, in seconds since 1970.
    func readsChanged(_ place: Int, since time: Int) -> Bool {
        analysis.cells[place].files.contains { (FileHashes.lastChange(found($0.path, $0.library)) ?? 0) > time }
    }

    /// Returns the path of a file beside the notebook.
    private func beside(_ name: String) -> String { (path.lastIndex(of: "/").map { String(path[...$0]) } ?? "") + name }

    /// Returns the path of a file that a cell names: in a folder of the library, beside the notebook, or in the current folder.
    private func found(_ name: String, _ library: String?) -> String {
        if let library, !name.contains("/"), !name.contains("."), let shipped = context.resolveInLibrary("\(library)/\(name)") {
            return shipped
        }
        let beside = beside(name)
        return !name.hasPrefix("/") && FileSystem.exists(beside) ? beside : context.readable(name)
    }

    private static func hash(_ parts: [String]) -> String {
        var hash = SHA256()
        for part in parts {
            hash.update(Array("\(part.utf8.count):".utf8))
            hash.update(Array(part.utf8))
        }
        return String(hash.hexadecimal().prefix(12))
    }
}
