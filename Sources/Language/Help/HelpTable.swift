/// The parameters of a builtin as an aligned table.
enum HelpTable {
    /// Returns the lines of the table, wrapped to `width` columns.
    static func parameters(of builtin: Builtin, width: Int) -> [String] {
        let rows = builtin.parameters.map { [name(of: $0), $0.type.shortName, facts(of: $0)] }
        let widths = (0..<2).map { column in rows.map { displayWidth($0[column]) }.max() ?? 0 }
        // On a narrow screen, further lines begin at the left, because the last column would be too thin.
        let column = 2 + widths[0] + 2 + widths[1] + 2
        let hanging = width - column >= 30 ? column : 6
        return rows.flatMap { row in
            let cells = (0..<2).map {
                row[$0] + String(repeating: " ", count: widths[$0] - displayWidth(row[$0]))
            }
            return TextWrapping.lines(
                cells.joined(separator: "  ") + "  " + row[2], width: width, first: 2, hanging: hanging)
        }
    }

    private static func name(of parameter: Parameter) -> String {
        if parameter.variadic { return "..\(parameter.name)" }
        return parameter.keywordOnly ? "\(parameter.name)=" : parameter.name
    }

    /// Returns a parameter's documentation, followed by its default, range, unit and allowed values.
    private static func facts(of parameter: Parameter) -> String {
        let facts = parameter.facts
        return parameter.doc + (facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))")
    }
}

extension Parameter {
    /// The parameter's default, range with unit, and allowed values in words: "default 400", "from 1 to 1000 steps".
    public var facts: [String] {
        var facts: [String] = []
        if let value = defaultValue { facts.append("default \(value.literalText)") }
        if optional { facts.append(standard.map { "default \($0)" } ?? "optional") }
        let unit = unit.map { $0.isEmpty ? "" : " \($0)" } ?? ""
        if let range { facts.append(Binder.rangeText(range) + unit) } else if !unit.isEmpty { facts.append(trimmed(unit)) }
        if let allowedText { facts.append(allowedText) }
        return facts
    }
}
