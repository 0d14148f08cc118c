import Files
import Glibc
import Language

/// The signs that a file came from elsewhere.
enum ProgramOrigin {
    /// Returns where a file came from, in words ("was downloaded from https://…"), or nil where nothing says that it came from elsewhere.
    /// Looked at are the note that browsers leave (`FileOrigin`), and whether the file lies in the folder for downloads.
    static func sign(_ path: String) -> String? {
        if let address = FileOrigin.of(path) {
            let shown = printable(address).split(whereSeparator: \.isNewline).joined(separator: " ")
            return shown.isEmpty ? "was downloaded" : "was downloaded from \(shown.count > 100 ? shown.prefix(99) + "…" : shown[...])"
        }
        guard let downloads = downloadFolder.flatMap(RealPath.of), let real = RealPath.of(path) else { return nil }
        return real.hasPrefix(downloads + "/") ? "lies in \(downloads)" : nil
    }

    /// The folder into which browsers download: as `user-dirs.dirs` says, else `~/Downloads`; nil without a home folder, or where the folder
    /// is the home folder itself.
    static var downloadFolder: String? {
        guard let home = Surroundings.variable("HOME"), home.hasPrefix("/") else { return nil }
        let settings = Surroundings.variable("XDG_CONFIG_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.config"
        var folder = home + "/Downloads"
        if let bytes = try? ReadableFile.contents(settings + "/user-dirs.dirs", limit: 1 << 16) {
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("XDG_DOWNLOAD_DIR=\"") {
                folder = String(line.dropFirst("XDG_DOWNLOAD_DIR=\"".count).prefix { $0 != "\"" }).replacing("$HOME", with: home)
            }
        }
        return isBroad(folder) ? nil : folder
    }

    /// Returns whether a folder is the home folder or one above it: too much to be granted because a program lies there.
    static func isBroad(_ folder: String) -> Bool {
        guard let real = RealPath.of(folder), real != "/" else { return true }
        guard let home = Surroundings.variable("HOME").flatMap(RealPath.of) else { return false }
        return home == real || home.hasPrefix(real + "/")
    }
}
