import Images
import Tensors

/// A step whose things are cut out of the photo and pasted on a picture of an empty place that the base model drew: copy-paste
/// augmentation (Simple Copy-Paste, arXiv 2012.07177; PACGen, arXiv 2309.05793, enlarges and moves a concept's photo likewise).
///
/// The masked loss asks nothing of what lies outside of the masks, so nothing speaks against a second copy of a thing, or against the
/// photo's own surroundings. Here the whole picture is known, and the loss counts everywhere. `PasteLayout` says where things stand.
/// Neither the paper nor its code has it.
public enum CopyPaste {
    /// The stream of random numbers.
    static let stream = "copy_paste"
    /// The weight of squared errors outside of the masks, where the base model is right already; inside it is 1.
    static let outsideWeight: Float = 0.2
    /// The share of the timesteps, from the clean end, that photos which count in the attention loss alone are seen at.
    private static let photoTimesteps = 0.6

    /// A place of the contexts, as a prior picture shows it.
    struct Place: Equatable {
        /// The number of the prior picture.
        let picture: Int
        /// The prompt with `*` for the handles.
        let context: String
    }

    /// The contexts that name a place; those of preset `collage256` where none of a list does. Prompts to learn in may name styles, too;
    /// a picture of an empty place in the style is drawn for them alike.
    public static func contexts(_ contexts: [String]) -> [String] {
        var seen: Set<String> = [background(PromptContext.plain)]
        let own = contexts.filter { seen.insert(background($0)).inserted }
        return own.isEmpty && contexts != PromptContext.emptyPlaces ? self.contexts(PromptContext.emptyPlaces) : own
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
}

extension TrainingOptions {
    /// Whether a sample counts in the attention loss alone: where others are pasted on known places, the diffusion loss on the photo would
    /// teach its layout, too. A sample that names the photo's own background is to teach it.
    func onlyLooks(at sample: UnionSample, in scene: PreparedScene) -> Bool {
        copyPaste > 0 && sample.collage?.background.isKnown != true && scene.surroundings.isDisjoint(with: sample.chosen)
    }
}
