/// The parameters of a builtin as an aligned table.
enum HelpTable {
    static func parameters(of builtin: Builtin) -> [String] {
        let rows = builtin.parameters.map { [name(of: $0), $0.type.shortName, facts(of: $0)] }
        let widths = (0..<2).map { column in rows.map { displayWidth($0[column]) }.max() ?? 0 }
        return rows.map { row in
            let cells = (0..<2).map {
                row[$0] + String(repeating: " ", count: widths[$0] - displayWidth(row[$0]))
            }
            return "  " + cells.joined(separator: "  ") + "  " + row[2]
        }
    }

    private static func name(of parameter: Parameter) -> String {
        if parameter.variadic { return "..\(parameter.name)" }
        return parameter.keywordOnly ? "\(parameter.name)=" : parameter.name
    }

    /// The doc, then default, range, unit and allowed values.
    private static func facts(of parameter: Parameter) -> String {
        var facts: [String] = []
        if let value = parameter.defaultValue { facts.append("default \(value.literalText)") }
        if parameter.optional { facts.append("optional") }
        if let range = parameter.range { facts.append(Binder.rangeText(range)) }
        if let unit = parameter.unit, !unit.isEmpty { facts.append(unit) }
        if let allowed = parameter.allowed {
            facts.append(allowed.map { "\"\($0)\"" }.joined(separator: " | "))
        }
        return parameter.doc + (facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))")
    }
}
