import Autograd
import BreakAScene
import Images
import Language
import Tensors

// What keys of this target's types accept, and how their arguments are read: `Key<Variable>("x", doc: …)` takes everything that becomes a
// tensor, `Key<Image>` everything that has a picture.

extension Variable: ArgumentType {
    /// Everything that becomes a tensor.
    public static var rule: TypeRule { Accepts.tensor }
    /// Reads a value by `TensorReading`. The problem that is thrown underlines the argument.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> Variable {
        do {
            return try TensorReading.variable(value)
        } catch var problem as Problem {
            problem.argument = name
            problem.message = "\(call.builtin.name): \(problem.message)"
            throw problem
        }
    }
}

extension Tensor: ArgumentType {
    /// Everything that becomes a tensor.
    public static var rule: TypeRule { Accepts.tensor }
    /// Reads a value as `Variable` does, without its gradient.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> Tensor { try Variable.read(value, call, name).value }
}

extension Image: ArgumentType {
    /// Everything that has a picture.
    public static var rule: TypeRule { Accepts.picture }
    /// Reads a value as a picture. Throws `.wrongType` for a value that is none.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> Image {
        try ImageValue.reading(value, name, call).image
    }
}

extension Mask: ArgumentType {
    /// A mask. A key with a wider rule reads images by their luminance, and maps of numbers [H, W].
    public static var rule: TypeRule { MaskValue.rule }
    /// Reads a value as a mask. Throws `.wrongType` for a value that is none, and what `Mask` throws for a map of another shape.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> Mask { try call.mask(value, name) }
}

extension PixelSize: ArgumentType {
    /// `[height, width]`, or a value that has them.
    public static var rule: TypeRule { Accepts.size }
    /// Reads a size. Throws `.badArgument` for sizes outside of 1…8192.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> PixelSize { try call.size(value, name) }
}

extension Point: ArgumentType {
    /// `[x, y]` in pixels from the top left corner.
    public static var rule: TypeRule { Accepts.point }
    /// Reads a point. Throws `.badArgument` unless it has two numbers.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> Point { try call.point(value, name) }
}

extension SceneFit: WordArgument {}
extension HandleStart: WordArgument {}
extension AttentionLoss: WordArgument {}
extension AttentionNormalization: WordArgument {}
extension AttentionReduction: WordArgument {}
extension SamplingLaw: WordArgument {}
extension TrainingMethod: WordArgument {}
extension TrainableParts: WordArgument {}
extension MaskDownsampling: WordArgument {}
extension Preset: WordArgument {}
extension Resample: WordArgument {}

extension Key where Argument: TableRow {
    /// Returns the key of a parameter whose help says what each row of the table is.
    func explained() -> Key {
        var key = self
        key.parameter.meanings = Argument.meanings
        return key
    }
}

extension ResultType {
    static let model = host(ModelValue.self).inferred(ModelType.infer)
    static let scene = host(SceneValue.self)
    static let image = host(ImageValue.self)
    static let mask = host(MaskValue.self)
    static let figure = host(FigureValue.self)
    static let table = host(TableValue.self)
    static let tensor = host(TensorValue.self)
    /// A tensor of one number.
    static let scalar = ResultType("tensor, one number", TensorType.of([]))

    /// Returns a tensor of so many axes, in words: "[N, L, D]".
    static func tensor(_ words: String, axes: Int) -> ResultType {
        ResultType("tensor \(words)", TensorType.of(Array(repeating: nil, count: axes)))
    }

    /// Returns a tensor whose shape a rule computes before a run; the rule throws the run's own `Problem` where shapes do not fit.
    static func tensor(_ words: String = "tensor", shape: @escaping @Sendable (StaticCall) throws -> [Int?]?) -> ResultType {
        ResultType(words, TensorType.of(nil)) { TensorType.of(try shape($0)) }
    }
}
