import Diffusion
import Glibc
import Synchronization
import Tensors

/// Prior pictures as they are drawn, so that a drawing that was interrupted or killed goes on where it was: in memory, and
/// where there is a folder as one file a part, `000008.safetensors` for the pictures from number 8 on: `pictures`
/// [n, H, W, 3] in [−1, 1]. A file is complete or not there, carries a fingerprint of its numbers, and says who drew it with
/// which options; what does not fit is drawn again.
public final class PriorStore: Sendable {
    private let folder: String?
    /// A fingerprint of the model that draws, and the options: parts of other drawings are not taken.
    private let key: String
    private let parts = Mutex<[Int: Tensor]>([:])

    private static let format = "bas-prior-1"

    /// `folder` is made when the first part is kept; nil keeps parts in memory alone.
    public init(folder: String?, drawnBy model: DiffusionModel, _ options: PriorOptions) {
        self.folder = folder
        key = folder == nil ? "" : model.fingerprint + " " + options.json.text()
    }

    /// The pictures from number `first` on, of the shape [n, H, W, 3]; nil where they were not kept or cannot be read.
    func pictures(from first: Int, _ shape: [Int]) -> Tensor? {
        if let known = parts.withLock({ $0[first] }), known.shape == shape { return known }
        guard let folder, let file = try? SafetensorsFile(path: path(first, folder)), file.metadata["format"] == Self.format,
            file.metadata["key"] == key,
            let entry = try? file.entry("pictures"), entry.shape == shape, let numbers = try? file.readFloats("pictures")
        else { return nil }
        let pictures = Tensor(numbers, shape: shape)
        guard file.metadata["fingerprint"] == Self.fingerprint(pictures) else { return nil }
        parts.withLock { $0[first] = pictures }
        return pictures
    }

    /// Keeps the pictures from number `first` on, in memory and in the folder if there is one. Throws `FileError`.
    func keep(_ pictures: Tensor, from first: Int) throws {
        parts.withLock { $0[first] = pictures }
        guard let folder else { return }
        try FileSystem.createFolder(folder)
        try SafetensorsWriter.write(
            path(first, folder), [SafetensorsTensor("pictures", pictures)],
            metadata: ["format": Self.format, "key": key, "fingerprint": Self.fingerprint(pictures)])
    }

    /// Removes the files and the folder: the pictures are kept elsewhere now.
    public func removeFiles() {
        guard let folder, FileSystem.isFolder(folder) else { return }
        for name in FileSystem.contents(folder) where name.hasSuffix(".safetensors") { try? FileSystem.remove("\(folder)/\(name)") }
        rmdir(folder)
    }

    private func path(_ first: Int, _ folder: String) -> String {
        let digits = String(first)
        return "\(folder)/\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits).safetensors"
    }

    private static func fingerprint(_ pictures: Tensor) -> String {
        var hash = Fingerprint()
        hash.mix("pictures", pictures)
        return hash.text
    }
}
