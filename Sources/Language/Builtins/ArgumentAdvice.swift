/// Advice on what to write instead of an argument of the wrong type.
enum ArgumentAdvice {
    /// Returns the help for an argument that a parameter does not take, or nil where it would say no more than the message.
    static func help(_ value: Value, _ parameter: Parameter, of builtin: Builtin) -> String? {
        if case .float = value, case .int = parameter.type { return "a // b divides to an int, int(x) cuts" }
        if case .function(let function) = value { return "to call it, write \(function.name)(…)" }
        if let number = number(value, parameter.type) { return "a number stands without quotes: \(number)" }
        // A parameter's documentation that shows the form, in brackets, is the best advice.
        if parameter.doc.contains("[") { return "\(parameter.name): \(parameter.doc)" }
        if let item = parameter.type.item, item.accept(value) != nil {
            return "a list of one stands in brackets: [\(shortened(value.literalText, to: 30))]"
        }
        let origin = origin(parameter.type.hosts, builtin)
        // A text with blanks is a prompt, not a path.
        if let text = text(value, parameter.type), !text.contains(" "), let reader = origin?.reader {
            return "\(reader)(\(shortened(stringLiteral(text), to: 40))) reads one"
        }
        if let origin { return "made by \(origin.makers)" }
        return parameter.doc.split(separator: " ").count > 2 ? "\(parameter.name): \(parameter.doc)" : nil
    }

    /// Returns who makes values of the first of these types that has a maker. A command named after the type that it makes, such as `mask`,
    /// may take values of it as well; then the advice is on that type.
    private static func origin(_ hosts: [HostName], _ builtin: Builtin) -> Parameter.Origin? {
        (hosts.first { $0.text == builtin.name }.map { [$0] } ?? hosts).lazy.compactMap(\.origin).first
    }

    /// Returns the order of a builtin's parameters where exchanging two arguments would make both fit, else nil.
    static func order(_ builtin: Builtin, _ values: [Value]) -> String? {
        let parameters = builtin.parameters.filter { !$0.keywordOnly }
        guard values.count <= parameters.count, !parameters.contains(where: \.variadic) else { return nil }
        let fits = { (value: Int, place: Int) in parameters[place].type.accept(values[value]) != nil }
        guard let wrong = values.indices.first(where: { !fits($0, $0) }) else { return nil }
        let other = values.indices.first { $0 != wrong && fits(wrong, $0) && fits($0, wrong) }
        return other.map { _ in "the order is \(builtin.shortSignature)" }
    }

    /// Returns the digits in a string where the parameter takes such a number, else nil.
    private static func number(_ value: Value, _ type: TypeRule) -> String? {
        guard case .string(let text) = value else { return nil }
        if type.accept(.int(0)) != nil, Int(text) != nil { return text }
        return type.accept(.float(0.5)) != nil && Double(text)?.isFinite == true ? text : nil
    }

    /// Returns a text, alone or as the first item where a list is wanted, or nil.
    private static func text(_ value: Value, _ type: TypeRule) -> String? {
        switch value {
        case .string(let text): text
        case .list(let items) where type.item != nil: if case .string(let text)? = items.first { text } else { nil }
        default: nil
        }
    }
}

extension Parameter {
    /// The functions that make values of a host type, for messages.
    public struct Origin: Sendable {
        /// The name of a function that reads one from a path or a name; nil where there is none.
        public var reader: String?
        /// The calls that make one: "load_scene(\"toys\") or scene(image, masks)".
        public var makers: String

        /// Creates an origin.
        public init(reader: String? = nil, makers: String) { (self.reader, self.makers) = (reader, makers) }
    }
}

extension TypeRule {
    /// Whether the rule names strings among the values that it accepts; false for `any`.
    var takesText: Bool {
        switch self {
        case .string: true
        case .oneOf(let rules): rules.contains(where: \.takesText)
        case .listOrSingle(let item): item.takesText
        default: false
        }
    }

    /// The host types that the rule accepts, in the order in which it names them.
    public var hosts: [HostName] {
        switch self {
        case .host(let name): [name]
        case .list(let item), .listOrSingle(let item): item.hosts
        case .oneOf(let rules): rules.flatMap(\.hosts)
        default: []
        }
    }
}
