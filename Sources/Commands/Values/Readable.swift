import Autograd
import Images
import Language
import Tensors

/// A host value that commands and operators take where they want a tensor: tensors, masks, attention maps, gradients.
public protocol TensorReadable: HostValue {
    /// The value as a tensor.
    var variable: Variable { get }
}

/// A host value that commands take where they want a picture: images, scenes, masks.
public protocol PictureReadable: HostValue {
    /// The value as a picture.
    var picture: Image { get }
}

/// A host value that commands take where they want a table: tables, histories, results of sweeps.
public protocol TableReadable: HostValue {
    /// The value as a table.
    var table: TableValue { get }
}

extension Value {
    /// Returns a tensor as a value.
    public static func tensor(_ variable: Variable) -> Value { .host(TensorValue(variable)) }
    /// Returns a tensor without a gradient as a value.
    public static func tensor(_ tensor: Tensor) -> Value { .host(TensorValue(tensor)) }
    /// Returns a picture as a value, without a record of what it was made from.
    public static func image(_ image: Image) -> Value { .host(ImageValue(image)) }
    /// Returns a mask as a value.
    public static func mask(_ mask: Mask) -> Value { .host(MaskValue(mask)) }

    /// Returns the host value as a Swift type or protocol; nil where it is none or where the value is no host value.
    func host<T>(as type: T.Type) -> T? {
        if case .host(let host) = self { host as? T } else { nil }
    }
}

/// The types of parameters that several families share.
public enum Accepts {
    /// Anything that becomes a tensor; `Call.variable` reads it.
    public static let tensor = TypeRule.oneOf([
        TensorValue.rule, .number, .list(.any), MaskValue.rule, ImageValue.rule, AttentionValue.rule, GradientsValue.rule,
        MomentsValue.rule,
    ])
    /// Anything that becomes a picture; `Call.picture` reads it.
    public static let picture = TypeRule.oneOf([ImageValue.rule, SceneValue.rule, MaskValue.rule, FigureValue.rule, WorldValue.rule])
    /// A height and width, as `[h, w]` or as a value that has them; `Call.size` reads it.
    public static let size = TypeRule.oneOf([
        .list(.int), ImageValue.rule, MaskValue.rule, TensorValue.rule, SceneValue.rule, AttentionValue.rule,
    ])
    /// A place `[x, y]` in pixels from the top left corner.
    public static let point = TypeRule.list(.number)
}
