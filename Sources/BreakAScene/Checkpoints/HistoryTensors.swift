import Images
import Tensors

/// A history as tensors: whole numbers up to 2²⁴ and float32 losses are exact. Legend: S steps, K handles, B photos.
enum HistoryTensors {
    /// The beginning of the names of pictures [height, width, 3] with numbers from 0 to 255; the place of the step's entry follows.
    private static let previewName = "history.preview."

    /// Columns of a step: phase, step, the terms of the loss, and the gradient's norm.
    private static var width: Int { LossTerm.all.count + 3 }

    /// Writes a history as named tensors; `handles` are the K tokens that its columns stand for.
    static func write(_ history: History, handles: [String]) -> [(String, Tensor)] {
        let (entries, k) = (history.entries, handles.count)
        let photos = entries.map(\.subsets.count).max() ?? 0
        let numbers = entries.flatMap { [Float($0.phase), Float($0.step)] + $0.losses.all + [$0.gradientNorm] }
        let subsets = entries.flatMap { entry in
            (0..<photos).flatMap { photo in
                let chosen = photo < entry.subsets.count ? entry.subsets[photo].compactMap(handles.firstIndex) : []
                return (0..<k).map { $0 < chosen.count ? Float(chosen[$0]) : -1 }
            }
        }
        let losses = entries.flatMap { entry in handles.map { entry.handleLosses[$0] ?? -1 } }
        let previews = history.previews.map { preview in
            let (picture, name) = (preview.picture, "\(previewName)\(preview.place)")
            return (name, Tensor(picture.pixels.map(Float.init), shape: [picture.height, picture.width, 3]))
        }
        return [
            ("history", Tensor(numbers, shape: [entries.count, width])),
            ("history.subsets", Tensor(subsets, shape: [entries.count, photos * k])),
            ("history.handles", Tensor(losses, shape: [entries.count, k])),
        ] + previews
    }

    /// Reads a history back; terms that it lacks, which are younger than the file and come last in the table, are 0. Throws
    /// `CheckpointError.damaged` where its tensors do not fit each other or the handles.
    static func read(_ tensors: [String: Tensor], _ path: String, handles: [String]) throws -> History {
        let (damaged, k) = (CheckpointError.damaged(path: path, "its history does not fit"), handles.count)
        guard let numbers = tensors["history"], let subsets = tensors["history.subsets"], let losses = tensors["history.handles"],
            numbers.rank == 2, subsets.rank == 2, (3...Self.width).contains(numbers.shape[1]), numbers.shape[0] == subsets.shape[0],
            losses.shape == [numbers.shape[0], k], subsets.shape[1] == 0 || k > 0 && subsets.shape[1] % k == 0
        else { throw damaged }
        var history = History()
        let width = numbers.shape[1]
        for row in 0..<numbers.shape[0] {
            let n = numbers.row(row).values
            guard let phase = Int(exactly: n[0]), let step = Int(exactly: n[1]) else { throw damaged }
            let places = subsets.shape[1] == 0 ? [] : subsets.row(row).values.map { Int(exactly: $0) ?? -1 }
            let chosen = stride(from: 0, to: places.count, by: max(1, k)).map { photo in
                places[photo..<photo + k].filter(handles.indices.contains).map { handles[$0] }
            }.filter { !$0.isEmpty }
            let values = k == 0 ? [] : losses.row(row).values
            history.append(
                .init(
                    phase: phase, step: step, losses: LossValues(Array(n[2..<(width - 1)])), gradientNorm: n[width - 1], subsets: chosen,
                    handleLosses: Dictionary(zip(handles, values).filter { $0.1 >= 0 }) { first, _ in first }))
        }
        let previews = tensors.compactMap { name, tensor in
            name.hasPrefix(previewName) ? Int(name.dropFirst(previewName.count)).map { (place: $0, tensor: tensor) } : nil
        }
        for (place, tensor) in previews.sorted(by: { $0.place < $1.place }) {
            guard history.entries.indices.contains(place), tensor.rank == 3, tensor.shape[2] == 3,
                let picture = try? Image(tensor, range: 0...255)
            else { throw damaged }
            history.append(preview: picture, place: place)
        }
        return history
    }
}
