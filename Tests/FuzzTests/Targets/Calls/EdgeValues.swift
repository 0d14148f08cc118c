/// Values from the edges of every type, as a program writes them. What takes work to make has a name.
enum EdgeValues {
    static let ints = [
        "0", "1", "-1", "2", "3", "7", "8", "16", "500", "2147483647", "2147483648", "-2147483649", "4294967296", "9007199254740993",
        "3037000500", "10**15", "9223372036854775807", "-9223372036854775807", "(-9223372036854775807 - 1)",
    ]
    static let floats = [
        "0.0", "-0.0", "0.5", "-1.5", "1.0", "5e-324", "1e-30", "1e19", "-1e19", "1e308", "-1e308", "(1e308 * 10)", "(-1e308 * 10)",
        "(1e308 * 10 - 1e308 * 10)",
    ]
    static let strings = [
        "\"\"", "\"a\"", "\"a photo of <asset0>\"", "\"<asset0> and <asset9>\"", "\"<asset0>\"", "\"\\n\"", "\"\\u{0}\"", "\"a\\u{0}b\"",
        "\" \"",
        "\"é\\u{200d}👩‍👩‍👧\\u{202e}\"", "\"%s%n\"", "\"1e999\"", "\"collage\"", "\"toys\"", "\"bf16\"", "\"kv\"", "\"all\"", "long",
        "\"a\" + long",
    ]
    /// Names in the folder that `EdgeFolder` makes, and files of the system that have no end or take nothing.
    static let paths = [
        "\"\"", "\"missing\"", "\"missing/new.png\"", "\"folder\"", "\"folder/\"", "\"folder/new.safetensors\"", "\"pipe\"", "\"pipe.png\"",
        "\"pipe.svg\"",
        "\"pipe.csv\"", "\"pipe.safetensors\"", "\"empty\"", "\"empty.png\"", "\"empty.safetensors\"", "\"text.png\"", "\"text.json\"",
        "\"deep.json\"",
        "\"picture.png\"", "\"cut.png\"", "\"hostile.safetensors\"", "\"tensors.safetensors\"", "\"handles.safetensors\"",
        "\"result.safetensors\"",
        "\"lora.safetensors\"", "\"cut.safetensors\"", "\"scene\"", "\"pipescene\"", "\"pipemodel\"", "\"nowhere\"", "\"nowhere.png\"",
        "\"round\"",
        "\"new.png\"", "\"new.jpg\"", "\"new.svg\"", "\"new.csv\"", "\"new.tsv\"", "\"new.safetensors\"", "\"new\"", "\"new.json\"",
        "\"new.txt\"",
        "\"picture.png/inside\"", "\"a\\u{0}b\"", "\"/dev/null\"", "\"/dev/zero\"", "\"/dev/full\"", "\"/proc/self/mem\"", "\"collage\"",
        "\"toys\"", "long",
    ]
    static let bools = ["true", "false"]
    static let ranges = [
        "1..0", "0..0", "0..3", "0..<0", "-2..2", "1..10**15", "0..9223372036854775807", "(-9223372036854775807 - 1)..9223372036854775807",
        "9223372036854775806..9223372036854775807", "1..3000",
    ]
    static let lists = [
        "[]", "[[]]", "[0]", "[1, 2]", "[-1]", "[0, 0]", "[[1, 2], [3]]", "[[1, 2], [3, 4]]", "[none]", "[\"a\", \"b\"]", "[\"\"]",
        "[1, \"a\"]", "[true]",
        "[9223372036854775807, 9223372036854775807]", "[4294967296, 4294967296]", "[0, 4294967296, 4294967296]", "[16, 16]",
        "[1, 16, 16, 8]", "[2147483648]",
        "[1.5, 1e308]", "[[0, 0], [3, 3], [1, 4]]", "[[1e308, -1e308], [1e19, 0]]", "[{a: 1}]", "[{a: 1, b: \"x\"}, {b: none}]", "[{}]",
        "[hole, hole]",
        "[picture, picture]", "[disk]", "[two.handles[1], two.handles[0]]", "[1..10**15]", "many", "nested", "[0.0] + many",
    ]
    static let records = [
        "{}", "{a: 1}", "{a: none}", "{a: [1, 2], b: [3]}", "{a: 1..10**15}", "{a: 1..3, b: 1..3}", "{\"\": 1}", "{\"<x>\": zeros([192])}",
        "{a: zeros([0])}",
        "{a: {a: {a: 1}}}", "{a: picture}", "{steps_offset: 1}", "{seed: 1..2}", "{a: wild, b: nine}",
    ]
    static let functions = [
        "fn(x) { x }", "fn() { 1 }", "fn(a, b) { a }", "fn(a, b) { [0] }", "fn(x) { fail(\"no\") }", "fn(x) { x.missing }",
        "fn(x) { x * x }", "fn(x) { none }",
        "fn(out, pick) { sum(out.noise) }", "fn(p) { {a: 1} }", "sum", "len", "attention_loss",
    ]

    /// A value that a program sets up before it, where it uses it.
    struct Named {
        let name: String
        /// As `type(…)` gives it.
        let type: String
        let code: String
    }

    /// Each made of those before it. Every type of host value that a parameter takes stands here.
    static let named: [Named] = [
        .init(name: "long", type: "string", code: "repeat(\"ab\", 20000)"),
        .init(name: "many", type: "list", code: "list(1..5000)"),
        .init(name: "nested", type: "list", code: "reduce(1..300, fn(xs, i) { [xs] }, [1])"),
        .init(name: "z", type: "tensor", code: "zeros([1, 16, 16, 8])"),
        .init(name: "noises", type: "tensor", code: "randn([2, 16, 16, 8], seed=1)"),
        .init(name: "nothing", type: "tensor", code: "zeros([0, 16, 16, 8])"),
        .init(name: "hole", type: "tensor", code: "zeros([2, 0, 3])"),
        .init(name: "void", type: "tensor", code: "zeros([0])"),
        .init(name: "wide", type: "tensor", code: "zeros([0, 1048576])"),
        .init(name: "nine", type: "tensor", code: "ones([1, 1, 1, 1, 1, 2, 1, 1, 1])"),
        .init(name: "sixteen", type: "tensor", code: "ones([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2])"),
        .init(name: "wild", type: "tensor", code: "log([-1, 0, 1])"),
        .init(name: "enormous", type: "tensor", code: "full([3, 3], 3e38)"),
        .init(name: "square", type: "tensor", code: "reshape(arange(9), [3, 3])"),
        .init(name: "line", type: "tensor", code: "arange(12)"),
        .init(name: "scalar", type: "tensor", code: "tensor(2)"),
        .init(name: "plane", type: "tensor", code: "rand([16, 16], seed=1)"),
        .init(name: "column", type: "tensor", code: "zeros([3000, 1])"),
        .init(name: "lasting", type: "tensor", code: "leaf(ones([3]))"),
        .init(name: "condition", type: "tensor", code: "square > 4"),
        .init(name: "picture", type: "image", code: "image(rand([8, 6, 3], seed=1))"),
        .init(name: "point", type: "image", code: "image(zeros([1, 1]))"),
        .init(name: "disk", type: "mask", code: "ellipse([4, 4], [2, 3], [8, 8])"),
        .init(name: "nowhere", type: "mask", code: "box([0, 0], [0, 0], [8, 6])"),
        .init(name: "base", type: "model", code: "load_model(\"collage\")"),
        .init(name: "two", type: "model", code: "add_handles(base, 2, init=[\"dish\", \"flower\"], seed=1)"),
        .init(name: "three", type: "model", code: "add_handles(base, 3, seed=1)"),
        .init(name: "mug", type: "scene", code: "load_scene(\"mug_rose\")"),
        .init(name: "toys", type: "scene", code: "load_scene(\"toys\")"),
        .init(name: "speck", type: "scene", code: "scene(image(zeros([1, 1, 3])), [box([0, 0], [1, 1], [1, 1])])"),
        .init(name: "trained", type: "model", code: "phase1(base, mug, steps=1, prior_weight=0, seed=1)"),
        .init(name: "past", type: "history", code: "trained.history"),
        .init(name: "before", type: "history", code: "base.history"),
        .init(name: "change", type: "difference", code: "diff(base, trained)"),
        .init(name: "drawn", type: "image", code: "generate(two, \"a photo of <asset0>\", steps=1, seed=1)"),
        .init(name: "maps", type: "attention", code: "attention(two, \"a photo of <asset0>\", image=mug, timesteps=[500])"),
        .init(name: "rendered", type: "world", code: "render(1, side=64, seed=1)"),
        .init(name: "judge", type: "evaluator", code: "load_evaluator(\"appearance\")"),
        .init(
            name: "inspected", type: "inspection", code: "inspect_pictures(two, mug, images=[drawn])"),
        .init(name: "leak", type: "leakage", code: "leakage(two, mug, timesteps=[500])"),
        .init(name: "out", type: "prediction", code: "predict_noise(two, z, 500, \"a photo of <asset0> and <asset1>\")"),
        .init(name: "recorded", type: "recorded attention", code: "out.attention"),
        .init(name: "chosen", type: "pick", code: "union_sample(two, mug, seed=1)"),
        .init(name: "handle", type: "handle", code: "two.handles[1]"),
        .init(name: "stranger", type: "handle", code: "three.handles[2]"),
        .init(name: "all_parameters", type: "parameters", code: "require_grad(base, \"kv\").parameters"),
        .init(name: "slopes", type: "gradients", code: "grad(sum(two.handles[0].embedding), two.handles)"),
        .init(name: "fresh", type: "optimizer", code: "adamw(two.handles, lr=0.1)"),
        .init(name: "used", type: "optimizer", code: "update(two, fresh, slopes)[1]"),
        .init(name: "momentum", type: "moments", code: "used.first"),
        .init(name: "ancestral", type: "scheduler", code: "euler_ancestral(base, steps=2)"),
        .init(name: "solver", type: "scheduler", code: "dpmsolver(base, steps=3)"),
        .init(name: "rows", type: "table", code: "table([{a: 1, b: \"x\"}, {a: none, b: 1e308}])"),
        .init(name: "bare", type: "table", code: "table([])"),
        .init(name: "curve", type: "figure", code: "plot([1, 3, 2])"),
        .init(name: "sheet", type: "figure", code: "grid([picture, disk])"),
    ]

    static let byType = Dictionary(grouping: named, by: \.type).mapValues { $0.map(\.name) }

    /// Those that a text uses, with what they are made of, in their order.
    static func used(by text: String) -> [Named] {
        var (found, texts) = ([Named](), text)
        for value in named.reversed() where words(texts).contains(value.name[...]) {
            found.insert(value, at: 0)
            texts += " " + value.code
        }
        return found
    }

    private static func words(_ text: String) -> Set<Substring> { Set(text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }) }

    /// Fields that values of some type have, and one that none has.
    static let fields = [
        "shape", "size", "T", "rank", "needs_grad", "width", "height", "area", "image", "masks", "names", "title", "handles", "parameters",
        "history", "hash",
        "embedding", "token", "start", "index", "noise", "attention", "rows", "columns", "lr", "step", "first", "second", "names", "norm",
        "timesteps", "next", "previous", "add_noise",
        "scale_model_input", "iou", "own", "worst", "shares", "axes", "tokens", "layers", "metadata", "prompt", "missing",
    ]
}
