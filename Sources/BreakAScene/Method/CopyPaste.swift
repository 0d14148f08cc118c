import Images
import Tensors

/// A step whose things are cut out of the photo and pasted on a picture of an empty place that the base model drew: copy-paste
/// augmentation (Simple Copy-Paste, arXiv 2012.07177; PACGen, arXiv 2309.05793, enlarges and moves a concept's photo likewise).
///
/// The masked loss asks nothing of what lies outside of the masks, so nothing speaks against a second copy of a thing, or against the
/// photo's own surroundings. Here the whole picture is known, and the loss counts everywhere. Things stand side by side, in the order that
/// they have in the photo, and are as large as the room and the photo's own pixels allow. Neither the paper nor its code has it.
public enum CopyPaste {
    /// The stream of random numbers.
    static let stream = "copy_paste"
    /// The weight of squared errors outside of the masks, where the base model is right already; inside it is 1.
    static let outsideWeight: Float = 0.2
    /// The share of the timesteps, from the clean end, that photos which count in the attention loss alone are seen at.
    private static let photoTimesteps = 0.6
    /// The longest side of a thing that stands alone, as a share of the picture's.
    private static let alone = 0.62
    /// The longest side of one of several things, as a share of its part of the row.
    private static let inRow = 0.95
    /// By how much a thing is enlarged at most, compared with how large the photo shows it.
    private static let enlargement = 2.0
    /// The height of the middle of things, as a share of the picture's.
    private static let middle = 0.58

    /// A place of the contexts, as a prior picture shows it.
    struct Place: Equatable {
        /// The number of the prior picture.
        let picture: Int
        /// The prompt with `*` for the handles.
        let context: String
    }

    /// The contexts that name a place; those of preset `collage` where none of a list does. Prompts to learn in may name styles, too;
    /// a picture of an empty place in the style is drawn for them alike.
    public static func contexts(_ contexts: [String]) -> [String] {
        var seen: Set<String> = [background(PromptContext.plain)]
        let own = contexts.filter { seen.insert(background($0)).inserted }
        return own.isEmpty && contexts != PromptContext.places ? self.contexts(PromptContext.places) : own
    }

    /// The prompt of the empty place of a context: "a photo at the beach" for "a photo of * at the beach".
    public static func background(_ context: String) -> String {
        let place = String(PromptContext.place)
        let rest = [" of " + place, place].first { context.contains($0) }.map { context.replacing($0, with: "", maxReplacements: 1) }
        return (rest ?? context).split(separator: " ").joined(separator: " ")
    }

    /// The prompts of the empty places of contexts, each once.
    public static func backgrounds(_ contexts: [String]) -> [String] { self.contexts(contexts).map(background) }

    /// Whether one of the prompts of prior pictures shows the place of a context.
    public static func isPossible(_ contexts: [String], prompts: [String]) -> Bool { !places(contexts, prompts: prompts).isEmpty }

    /// The prior pictures that show the place of a context.
    static func places(_ contexts: [String], prompts: [String]) -> [Place] {
        let named = Self.contexts(contexts)
        return prompts.enumerated().flatMap { index, prompt in
            named.filter { background($0) == prompt }.map { Place(picture: index, context: $0) }
        }
    }

    /// The timestep of a photo that counts in the attention loss alone, where one of all was drawn. At more noise little can be seen of the
    /// photo, so that handles would learn where its things stand, and draw them there a second time.
    static func photoTimestep(_ drawn: Int) -> Int { Int(Double(drawn) * photoTimesteps) }

    /// Where things are pasted, in pixels of a picture of `size`: in a row from left to right, as `boxes` lie in a photo of `photo`. The
    /// result has the order of `boxes`.
    ///
    /// `cell` is the side of the pixels that one latent stands for; things begin at multiples of it. A set of things has one place and size:
    /// where they change from step to step, pictures mix them, and a ball becomes an egg.
    static func row(_ boxes: [PixelRect], in photo: PixelSize, size: PixelSize, cell: Int) -> [PixelRect] {
        let order = boxes.indices.sorted { boxes[$0].x0 + boxes[$0].x1 < boxes[$1].x0 + boxes[$1].x1 }
        let slot = 1 / Double(max(1, boxes.count))
        var places = boxes
        for (column, thing) in order.enumerated() {
            let own = (
                width: Double(boxes[thing].width) / Double(photo.width), height: Double(boxes[thing].height) / Double(photo.height)
            )
            let longest = max(own.width, own.height, .leastNonzeroMagnitude)
            let scale = min(enlargement, min(alone, inRow * slot) / longest)
            places[thing] = centered(
                x: (Double(column) + 0.5) * slot, y: middle, width: own.width * scale, height: own.height * scale, size, cell: cell)
        }
        return places
    }

    /// A rectangle around a point within a picture of `size`, or up to a cell from it, since it begins at a multiple of `cell`; the first
    /// four numbers are shares of the picture's sides.
    private static func centered(x: Double, y: Double, width: Double, height: Double, _ size: PixelSize, cell: Int) -> PixelRect {
        func span(_ center: Double, _ extent: Double, _ whole: Int) -> (start: Int, end: Int) {
            let length = min(whole, max(1, Int((extent * Double(whole)).rounded())))
            let start = min(whole - length, max(0, Int((center * Double(whole)).rounded()) - length / 2 + cell / 2))
            return (start / cell * cell, start / cell * cell + length)
        }
        let (columns, rows) = (span(x, width, size.width), span(y, height, size.height))
        return PixelRect(x0: columns.start, y0: rows.start, x1: columns.end, y1: rows.end)
    }
}

extension TrainingOptions {
    /// Whether a sample counts in the attention loss alone: where others are pasted on known places, the diffusion loss on the photo would
    /// teach its layout, too.
    func onlyLooks(at sample: UnionSample) -> Bool { copyPaste > 0 && sample.collage?.background.isKnown != true }
}
