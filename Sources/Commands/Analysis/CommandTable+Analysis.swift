import Language

extension [Builtin] {
    /// The rows with what `bas check` and editors need: the types of results, the use of random numbers, and the parameters that are files.
    var analyzed: [Builtin] {
        map { row in
            var row = row
            if row.infer == nil {
                if let rule = TensorRules.table[row.name] {
                    row.infer = rule
                } else if row.result == "model" {
                    row.infer = ModelType.infer
                } else if let type = DomainTypes.byResult[row.result] {
                    row.infer = { _ in type }
                }
            }
            if case .none = row.randomness, row.parameters.contains(where: { $0.name == SeedState.parameter.name && $0.optional }) {
                row.randomness = .draws { _ in true }
            }
            if row.name == "seed" { row.randomness = .seeds }
            for (place, parameter) in row.parameters.enumerated() {
                row.parameters[place].file = parameter.file ?? FileParameters.table["\(row.name).\(parameter.name)"]
            }
            return row
        }
    }
}

/// The parameters that are paths of files which are read or written, by "builtin.parameter".
enum FileParameters {
    static let table: [String: Parameter.FileUse] = [
        "load_model.name": .input(library: "models"), "load_scene.name": .input(library: "scenes"),
        "load_image.path": .input(library: nil), "load_handles.path": .input(library: nil), "load_tensors.path": .input(library: nil),
        "load_lora.path": .input(library: nil), "load_result.path": .input(library: nil), "load_table.path": .input(library: nil),
        "save_model.path": .output, "save_handles.path": .output, "save_scene.path": .output, "save_image.path": .output,
        "save_table.path": .output, "save_figure.path": .output, "save_tensors.path": .output, "save_lora.path": .output,
        "save_result.path": .output,
    ]
}
