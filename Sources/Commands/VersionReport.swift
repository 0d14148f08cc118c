import Diffusion
import Files
import Language

/// What `bas --version` says: the program, what computes, and the model that ships.
public enum VersionReport {
    /// Returns the report, a line each. `commit` is that of the source, empty where it is not known; `library` is the folder of what ships with
    /// the language, nil where there is none. The model is loaded: its hash is the one in the metadata of pictures.
    public static func text(commit: String, library: String?) -> String {
        [
            "\(CommandTable.version), commit \(commit.isEmpty ? "unknown" : commit)", "BLAS: \(CommandTable.engine)",
            "model: \(model(library))",
        ].joined(separator: "\n")
    }

    private static func model(_ library: String?) -> String {
        guard let library else { return "none, no standard library lies beside the program; BAS_STDLIB=FOLDER says where it is" }
        let folder = library + "/models/collage"
        guard FileSystem.isFolder(folder) else { return "none, there is no folder \(folder)" }
        do {
            return "collage \(try ModelFolder.load(folder).fingerprint), in \(folder)"
        } catch {
            let reason = (ErrorMapping.problem(error) as? Problem)?.message ?? "\(error)"
            return "collage, which cannot be loaded from \(folder): \(reason)"
        }
    }
}
