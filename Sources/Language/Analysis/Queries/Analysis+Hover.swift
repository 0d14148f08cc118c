/// The text of a hover: code, which an editor colours, and prose in Markdown.
public struct HoverText: Sendable, Equatable {
    /// The name with its type, or a function's signature.
    public var code: String
    /// The documentation in Markdown; empty where there is none.
    public var prose: String
}

/// The signature help for a call whose arguments are being written.
public struct CallHelp: Sendable {
    /// The signature of the function that is called.
    public var signature: String
    /// The function's summary or documentation comment; empty where it has none.
    public var documentation: String
    /// The parameters, each as it stands in the signature, with its own help.
    public var parameters: [(label: String, documentation: String)]
    /// The index of the parameter that the cursor's argument belongs to; nil where there is none.
    public var active: Int?
}

extension Analysis {
    /// Returns the hover for the word at a byte offset, with the word's span; nil where there is nothing to say.
    public func hover(at offset: Int) -> (span: Span, text: HoverText)? {
        guard let (span, mention) = mention(at: offset) else { return nil }
        switch mention {
        case .variable(let symbol):
            if case .function(.user(let function)) = type(at: span) {
                return (span, HoverText(code: function.signature, prose: function.documentation ?? ""))
            }
            return (span, HoverText(code: "\(symbol.name): \(text(type(at: span)))", prose: ""))
        case .field(let name, let owner):
            let type = owner.field(name) ?? .unknown
            if case .function(.user(let function)) = type {
                return (span, HoverText(code: function.signature, prose: function.documentation ?? ""))
            }
            return (span, HoverText(code: "\(owner.isUnknown ? "" : owner.shortText).\(name): \(text(type))", prose: ""))
        case .builtin(let builtin): return (span, HoverText(code: builtin.signature, prose: prose(of: builtin)))
        case .parameter(let parameter, let builtin):
            return (span, HoverText(code: "\(builtin.name)(…, \(describe(parameter)))", prose: prose(of: parameter)))
        }
    }

    /// Returns a type, with the value where it is known, in one short line.
    private func text(_ type: StaticType) -> String {
        if case .constant(let value) = type { return "\(value.typeName) = \(shortened(value.literalText, to: 60))" }
        return type.shortText.isEmpty ? "any value" : type.shortText
    }

    private func prose(of builtin: Builtin) -> String {
        var lines = [builtin.summary, ""]
        for parameter in builtin.parameters {
            lines.append("- `\(parameter.name)`: \(prose(of: parameter))")
        }
        if !builtin.parameters.isEmpty { lines.append("") }
        lines.append("Gives \(builtin.result.words)." + (builtin.paper.map { " Paper: \($0)." } ?? ""))
        if let example = builtin.examples.first { lines += ["", "```bas", example.code, "```"] }
        return lines.joined(separator: "\n")
    }

    /// Returns a parameter's documentation with its type, range and allowed words.
    func prose(of parameter: Parameter) -> String {
        var text = parameter.doc
        var facts = [parameter.type.shortName]
        if let range = parameter.range {
            facts.append(Binder.rangeText(range) + (parameter.unit.map { " \($0)" } ?? ""))
        }
        if let allowed = parameter.allowedText { facts.append(allowed) }
        text += " (\(facts.joined(separator: ", ")))"
        return text
    }

    /// Returns a parameter as it stands in the signature.
    private func describe(_ parameter: Parameter) -> String {
        if parameter.variadic { return "..\(parameter.name)" }
        if let value = parameter.defaultValue { return "\(parameter.name)=\(value.literalText)" }
        return parameter.optional ? "\(parameter.name)=none" : parameter.name
    }

    /// Returns help for the innermost call that is open at a byte offset; nil within a comment, and where no known function is called.
    public func callHelp(at offset: Int) -> CallHelp? {
        let scan = PartialScan(file, upTo: offset)
        if case .comment = scan.place { return nil }
        guard let call = scan.call(before: offset), case .function(let function) = type(of: call.path, at: offset) else {
            return nil
        }
        switch function {
        case .builtin(let builtin):
            var help = CallHelp(
                signature: builtin.signature, documentation: builtin.summary,
                parameters: builtin.parameters.map { (describe($0), prose(of: $0)) })
            help.active = active(
                call, builtin.parameters.map { ($0.name, $0.keywordOnly, $0.variadic) })
            return help
        case .user(let user):
            let parameters = user.syntax.parameters
            var help = CallHelp(
                signature: user.signature, documentation: user.documentation ?? "",
                parameters: parameters.map { parameter in
                    let value = parameter.defaultValue.map { "=\($0.span.text)" } ?? ""
                    return ((parameter.variadic ? ".." : "") + parameter.name + value, "")
                })
            help.active = active(call, parameters.map { ($0.name, $0.keywordOnly, $0.variadic) })
            return help
        case .opaque: return nil
        }
    }

    /// Returns the index of the parameter that the argument at the cursor is for.
    private func active(
        _ call: PartialScan.OpenCall, _ parameters: [(name: String, keywordOnly: Bool, variadic: Bool)]
    ) -> Int? {
        if let label = call.currentLabel { return parameters.firstIndex { $0.name == label } }
        let places = parameters.indices.filter { !parameters[$0].keywordOnly }
        if call.position < places.count { return places[call.position] }
        return parameters.firstIndex { $0.variadic }
    }
}
