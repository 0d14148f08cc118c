/// The place of what ships with the language: models, scenes and `.bas` modules.
public enum StandardLibrary {
    /// Returns the folders to look in, in order: `$BAS_STDLIB` alone where it is set, else `<executable>/../share/bas/stdlib`, else that of
    /// the package in which the executable was built (the nearest folder above it with `stdlib` and `Package.swift`). Empty where there is
    /// none. `executable` is the program's own path; `exists` returns whether a file or folder exists.
    public static func folders(
        environment: [String: String], executable: String?, exists: (String) -> Bool
    ) -> [String] {
        if let given = environment["BAS_STDLIB"], !given.isEmpty { return [given] }
        guard let executable, executable.hasPrefix("/") else { return [] }
        let parts = executable.split(separator: "/")
        // Folders above the executable, the nearest first.
        let above = (0..<parts.count).reversed().map { "/" + parts[..<$0].joined(separator: "/") }
        if above.count > 1 {
            let installed = join(above[1], "share/bas/stdlib")
            if exists(installed) { return [installed] }
        }
        for folder in above where exists(join(folder, "Package.swift")) {
            let library = join(folder, "stdlib")
            if exists(library) { return [library] }
        }
        return []
    }

    /// Returns the folders for this process.
    public static func here() -> [String] {
        folders(
            environment: Surroundings.variables(["BAS_STDLIB"]), executable: Surroundings.executable,
            exists: Surroundings.exists)
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder == "/" ? "/" + name : folder + "/" + name
    }
}
