import Figures
import Files
import Glibc
import Language

/// What a run leaves in the notebook's file and in the folder of its pictures.
public struct NotebookRecord {
    /// The file's new text.
    public let text: String
    /// The pictures by their names in the folder.
    let pictures: [String: [UInt8]]
    private let file: NotebookFile

    /// Puts the results of a run into the file's text. Cells without a result, and those whose recorded lines are still true, keep their
    /// lines.
    public init(_ file: NotebookFile, _ results: [CellResult]) {
        self.file = file
        var records: [Int: [RecordedLine]] = [:]
        var pictures: [String: [UInt8]] = [:]
        for (place, result) in results.enumerated() {
            guard let outputs = result.outputs else { continue }
            var lines = outputs.flatMap { $0.lines(folder: file.pictureFolder) }.map { RecordedLine.output($0) }
            if var mark = result.mark {
                // The time of the first run stays, so that running again does not change the file.
                if let old = file.mark(of: place), old.key == mark.key, old.kernel == mark.kernel, mark.key != "-" { mark = old }
                lines.append(.mark(mark))
            }
            records[place] = lines
            for case .picture(let png, _) in outputs { pictures[CellOutput.pictureName(png)] = png }
        }
        text = file.text(recording: records)
        self.pictures = pictures
    }

    /// Whether the file would change.
    public var changesFile: Bool { text != file.text }

    /// Writes the pictures that are not there yet or lack what people explore of them, then the file where it changes (`isNew`: in any case),
    /// and removes pictures that the file no longer names. Throws a `Problem`, or a `FileError`.
    public func write(isNew: Bool = false) throws {
        let folder = file.folder + file.pictureFolder
        for (name, png) in pictures.sorted(by: { $0.key < $1.key }) where !Self.isThere(folder + "/" + name, png) {
            try FileSystem.createFolder(folder)
            try AtomicFile.write(folder + "/" + name) { sink in try sink.write(png) }
        }
        if changesFile || isNew { try TextFile.replace(file.path, with: text) }
        for name in FileSystem.contents(folder) where Self.isPicture(name) && !text.contains(file.pictureFolder + "/" + name) {
            unlink(folder + "/" + name)
        }
        // The folder goes with its last picture; one that holds anything else stays.
        rmdir(folder)
    }

    /// Whether a picture's file is there, with what people explore of it: the name tells only that the pixels are the same.
    private static func isThere(_ path: String, _ png: [UInt8]) -> Bool {
        guard FileSystem.exists(path) else { return false }
        guard let explorable = Explorable(png: png) else { return true }
        return (try? ReadableFile.contents(path)).flatMap { Explorable(png: $0) } == explorable
    }

    /// Whether a file has a name of the kind that `CellOutput.pictureName` gives: others in the folder are not the notebook's.
    private static func isPicture(_ name: String) -> Bool {
        name.hasSuffix(".png") && name.utf8.count == 16 && name.dropLast(4).allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }
}
