import Autograd
import Images
import Language
import Tensors

/// A host value that commands and operators take where they want a tensor: tensors, masks, attention maps, gradients.
public protocol TensorReadable: HostValue {
    var variable: Variable { get }
}

/// A host value that commands take where they want a picture: images, scenes, masks.
public protocol PictureReadable: HostValue {
    var picture: Image { get }
}

/// A host value that commands take where they want a table: tables, histories, results of sweeps.
public protocol TableReadable: HostValue {
    var table: TableValue { get }
}

extension Value {
    public static func tensor(_ variable: Variable) -> Value { .host(TensorValue(variable)) }
    public static func tensor(_ tensor: Tensor) -> Value { .host(TensorValue(tensor)) }
    public static func image(_ image: Image) -> Value { .host(ImageValue(image)) }
    public static func mask(_ mask: Mask) -> Value { .host(MaskValue(mask)) }

    /// The host value as one Swift type or protocol.
    func host<T>(as type: T.Type) -> T? {
        if case .host(let host) = self { host as? T } else { nil }
    }
}

/// What parameters of several families accept.
public enum Accepts {
    /// Anything that becomes a tensor; `Call.variable` reads it.
    public static let tensor = TypeRule.oneOf([
        .host("tensor"), .number, .list(.any), .host("mask"), .host("image"), .host("attention"),
        .host("gradients"), .host("moments"),
    ])
    /// `Call.picture` reads it.
    public static let picture = TypeRule.oneOf([.host("image"), .host("scene"), .host("mask"), .host("figure")])
    /// Height and width: `[h, w]`, or a value that has them; `Call.size` reads it.
    public static let size = TypeRule.oneOf([
        .list(.int), .host("image"), .host("mask"), .host("tensor"), .host("scene"), .host("attention"),
    ])
    /// A place `[x, y]` in pixels from the top left corner.
    public static let point = TypeRule.list(.number)
}
