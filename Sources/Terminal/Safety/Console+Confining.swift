import Files
import Language

extension Console {
    /// Confines the session's programs, for good, where the command line says so or where the file came from elsewhere and is not trusted.
    /// `file` is the script or notebook; nil for a prompt, code of the command line or standard input. Without `asks` nobody is asked about
    /// a refusal. `folder`, an absolute path, is one into which they may write besides.
    public func confine(file: String? = nil, asks: Bool = true, writing folder: String? = nil) {
        guard session.context.confinement == nil else { return }
        let (safety, origin) = (options.safety, file.flatMap(strangers))
        guard safety.confines || origin != nil else { return }
        if let file, let origin, !options.quiet {
            printer.remark("\(file) \(origin): it is confined to its own files (bas explain \(ErrorCode.notPermitted.rawValue))")
        }
        var ask: (@Sendable (Confinement.Refusal) -> Confinement.Answer)?
        if asks, !safety.confines, let file, options.errorFormat == .text, PermissionQuestion.canAsk {
            let question = PermissionQuestion(file: file, source: try? Session.readImport(file), printer, session.interrupt)
            ask = { question.answer($0) }
        }
        let grants = Self.grants(for: file, safety, library: session.context.standardLibrary)
        session.confine(to: Confinement(grants + (folder.map { [.init(real: $0, .write)] } ?? []), ask: ask))
    }

    /// Returns where a file came from that is not this person's and not trusted; else nil.
    public func strangers(_ file: String) -> String? {
        guard let sign = ProgramOrigin.sign(file) else { return nil }
        guard let source = try? Session.readImport(file), TrustStore.own?.trusts(source) == true else { return sign }
        return nil
    }

    /// Returns what a confined program may use. It reads its own folder, the current one and the library, without what is hidden there, and
    /// writes to `FILE.out` and to `.bas/out`. A home folder is too much to be read because a program lies there: then it is the file alone.
    static func grants(for file: String?, _ safety: Safety, library: [String]) -> [Confinement.Grant] {
        let own = file.map { folder(of: $0) } ?? "."
        var grants = library.compactMap { Confinement.Grant($0, .read) }
        for place in own == "." ? ["."] : [own, "."] {
            guard let real = RealPath.of(place) else { continue }
            if !ProgramOrigin.isBroad(real) { grants.append(.init(real: real, .read, leavesOutHidden: true)) }
            // Links in their place are not followed: a downloaded folder may contain any.
            grants.append(.init(real: join(real, ".bas/out"), .write))
        }
        if let file, let real = RealPath.of(own) {
            let name = String(file.split(separator: "/").last ?? "")
            let stem = name.hasSuffix(".bas") ? String(name.dropLast(4)) : name
            grants.append(.init(real: join(real, stem + ".out"), .write))
            if let place = Confinement.Grant(file, .read) { grants.append(place) }
        }
        grants += safety.allowsReading.compactMap { Confinement.Grant(expanded($0), .read) }
        grants += safety.allowsWriting.compactMap { Confinement.Grant(expanded($0), .write) }
        return grants
    }

    private static func join(_ folder: String, _ name: String) -> String { folder == "/" ? "/" + name : folder + "/" + name }

    /// Shells leave a `~` that follows a `=` as it is.
    private static func expanded(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home = Surroundings.variable("HOME") else { return path }
        return home + path.dropFirst()
    }
}
