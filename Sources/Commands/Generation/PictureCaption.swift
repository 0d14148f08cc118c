import Images

/// What pictures that were drawn together have in common.
enum PictureCaption {
    /// The key of the prompt with the names of things in place of handles, where there are names.
    static let key = "caption"

    /// Returns "a photo of a ball   4 × 128×128 px, 30 steps of ddim, guidance 3.0, seeds 1–4", or nil for pictures that were not drawn
    /// together.
    static func text(_ images: [ImageValue]) -> String? {
        guard images.count > 1, let size = images.first?.image.size, images.allSatisfy({ $0.image.size == size }),
            let steps = common("steps", images), let scheduler = common("scheduler", images), let guidance = common("guidance", images)
        else { return nil }
        let numbers = images.compactMap { Int(entry("seed", $0) ?? "") }
        guard numbers.count == images.count else { return nil }
        let prompt = common(prompt, images).map { $0 + "   " } ?? ""
        return "\(prompt)\(images.count) × \(size) px, \(steps) steps of \(scheduler), guidance \(guidance), \(seeds(numbers))"
    }

    /// Returns the pictures' prompts where they differ, else nothing.
    static func titles(_ images: [ImageValue]) -> [String] {
        let prompts = images.compactMap(prompt)
        return prompts.count == images.count && Set(prompts).count > 1 ? prompts : []
    }

    /// Returns "seed 1", "seeds 1–4" or "seeds 1, 5, 7".
    private static func seeds(_ numbers: [Int]) -> String {
        guard let first = numbers.first, Set(numbers).count > 1 else { return "seed \(numbers.first ?? 0)" }
        if numbers.enumerated().allSatisfy({ $1 == first &+ $0 }) { return "seeds \(first)–\(numbers[numbers.count - 1])" }
        return "seeds " + numbers.prefix(8).map(String.init).joined(separator: ", ") + (numbers.count > 8 ? ", …" : "")
    }

    private static func entry(_ key: String, _ image: ImageValue) -> String? { image.metadata.entries.first { $0.key == key }?.text }

    private static func prompt(_ image: ImageValue) -> String? { entry(key, image) ?? entry("prompt", image) }

    private static func common(_ key: String, _ images: [ImageValue]) -> String? { common({ entry(key, $0) }, images) }

    private static func common(_ text: (ImageValue) -> String?, _ images: [ImageValue]) -> String? {
        let values = Set(images.map(text))
        return values.count == 1 ? values.first ?? nil : nil
    }
}
