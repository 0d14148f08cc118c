import ArgumentParser
import Files
import Language
import Notebook
import Terminal

/// `bas import`.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Turn a Jupyter notebook into a script with cells.",
        discussion: """
            Notebooks of nbformat 3 and 4 are read. Markdown becomes prose (`#|`), a heading that begins it the cell's title, outputs become \
            recorded lines (`#>`), and pictures go into the folder FILE.out beside the script. Code of other languages is kept as prose and \
            told. One that `bas export` wrote comes back as the same script.

            Exit codes: 0 well, also with warnings; 65 no notebook; 66 no such file; 73 cannot create.
            """)

    @OptionGroup var options: ConsoleOptions

    @Option(
        name: [.short, .long], help: "The script to write, also over an old one; else the notebook's name with .bas, unless that exists.",
        completion: .file(extensions: ["bas"]))
    var output: String?

    @Argument(help: "The notebook.", completion: .file(extensions: ["ipynb"]))
    var file: String

    func run() throws {
        let printer = options.console().printer
        let code = printer.answering {
            let path = try target()
            let imported = try Ipynb.notebook(path: file, name: path)
            for warning in imported.warnings {
                printer.handle(.diagnostic(Diagnostic(code: .badFile, severity: .warning, message: "\"\(file)\": \(warning)")))
            }
            try write(imported, path)
            if !options.quiet { printer.remark(summary(imported, path)) }
            return Language.ExitCode.ok.rawValue
        }
        try Bas.finish(code)
    }

    /// Returns the path of the script. Throws a `Problem` where it would replace a file that nobody named.
    private func target() throws -> String {
        if let output {
            guard output.split(separator: "/").last.map({ $0 != "." && $0 != ".." }) == true, !output.hasSuffix("/") else {
                throw Problem(.cannotWrite, "\"\(output)\" names no file")
            }
            return output
        }
        let path = (file.hasSuffix(".ipynb") ? String(file.dropLast(6)) : file) + ".bas"
        guard !FileSystem.exists(path) else {
            throw Problem(.cannotWrite, "\"\(path)\" exists", help: "-o \(path) replaces it, -o with another name keeps it")
        }
        return path
    }

    private func write(_ imported: Ipynb.Imported, _ path: String) throws {
        let place = NotebookFile(path: path, text: imported.text)
        let folder = place.folder + place.pictureFolder
        if let problem = FolderProblem.missing(above: path) { throw problem }
        let new = try imported.pictures.filter { name, png in
            guard FileSystem.exists("\(folder)/\(name)") else { return true }
            // A name of twelve digits stands for the pixels: such a file is the same picture.
            let isSame = Ipynb.isNameOfPixels(name) || (try? ReadableFile.contents("\(folder)/\(name)")) == png
            guard isSame else {
                throw Problem(.cannotWrite, "\"\(folder)/\(name)\" exists and is another picture", help: "give another name with -o")
            }
            return false
        }
        if !new.isEmpty { try FileSystem.createFolder(folder) }
        for (name, png) in new { try AtomicFile.write("\(folder)/\(name)") { try $0.write(png) } }
        try TextFile.replace(path, with: imported.text)
    }

    private func summary(_ imported: Ipynb.Imported, _ path: String) -> String {
        let cells = countText(NotebookFile(path: path, text: imported.text).cells.count, "cell")
        return "\(path): \(cells)" + (imported.pictures.isEmpty ? "" : ", \(countText(imported.pictures.count, "picture"))")
    }
}
