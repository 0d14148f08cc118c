import Testing

@testable import Language

@Suite struct SuggestionTests {
    private static let names = ["steps", "attention_weight", "lr", "guidance", "seed", "phase1", "phase2"]

    @Test(arguments: [
        ("stps", "steps"), ("step", "steps"), ("STEPS", "steps"), ("setps", "steps"),
        ("attentionweight", "attention_weight"),
        ("AttentionWeight", "attention_weight"), ("guidence", "guidance"), ("sed", "seed"),
        ("phase3", "phase1"),
    ])
    func offers(_ word: String, _ expected: String) {
        #expect(nearestName(word, among: Self.names) == expected)
    }

    /// Nothing is offered where less than half of the word would stay.
    @Test(arguments: ["xyz", "q", "lx", "loss", "temperature", "", "weights_of_all", "ab"])
    func offersNothing(_ word: String) {
        #expect(nearestName(word, among: Self.names) == nil)
    }

    private static let commands = [
        "save_image", "save_model", "save_scene", "load_model", "load_handles", "save_handles", "add_handles", "generate", "image", "area",
        "steps", "guidance", "seed", "n", "photo.jpg",
    ]

    /// What no typing mistake explains: a name's beginning, its parts, and words that hold a name as a part.
    @Test(arguments: [
        ("save", ["save_image", "save_model", "save_scene", "save_handles"]),
        ("sav", ["save_image", "save_model", "save_scene", "save_handles"]),
        ("SAVE_", ["save_image", "save_model", "save_scene", "save_handles"]), ("save_mo", ["save_model"]),
        ("handles", ["load_handles", "save_handles", "add_handles"]), ("model", ["save_model", "load_model"]), ("photo", ["photo.jpg"]),
        ("guidance_scale", ["guidance"]), ("num_inference_steps", ["steps"]), ("generate_image", ["generate"]), ("mask_area", ["area"]),
    ])
    func offersRelatives(_ word: String, _ expected: [String]) {
        #expect(nearestNames(word, among: Self.commands + Self.commands) == expected)
        #expect(nearestName(word, among: Self.commands) == (expected.count == 1 ? expected[0] : nil))
    }

    /// A part of a part, two letters, a short name within a word by chance: all no reason.
    @Test(arguments: ["sa", "ave", "odel", "age", "temperature", "in_n_out", "unsaved", "handlesome", "re_seeded", "_", "__"])
    func offersNoRelatives(_ word: String) {
        #expect(nearestNames(word, among: Self.commands).isEmpty)
    }

    @Test func labelsNameSeveral() {
        #expect(nearestLabel("handles", among: Self.commands) == "did you mean load_handles, save_handles or add_handles?")
        #expect(nearestLabel("model", among: Self.commands, quoted: true) == "did you mean \"save_model\" or \"load_model\"?")
        let many = Self.commands + ["save_table", "save_lora"]
        #expect(
            nearestLabel("save", among: many)
                == "did you mean save_image, save_model, save_scene, save_handles or one of 2 more (?\"save\" lists them)?")
    }

    @Test(arguments: [
        ("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 1), ("abcd", "acbd", 1), ("same", "same", 0),
        ("ca", "abc", 3),
    ])
    func distance(_ a: String, _ b: String, _ expected: Int) {
        #expect(editDistance(Array(a), Array(b)) == expected)
        for limit in 0...4 { #expect(editDistance(Array(a), Array(b), limit: limit) == min(expected, limit + 1)) }
    }
}
