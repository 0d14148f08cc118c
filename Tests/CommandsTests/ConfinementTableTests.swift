import Files
import Foundation
import Language
import Synchronization
import Testing

@testable import Commands

/// No row of the table reads or writes a path that a confined program may not use.
@Suite(.serialized) struct ConfinementTableTests {
    /// Every parameter that is a path, with its row.
    static let paths: [(row: String, parameter: String)] = CommandTable.all.flatMap { row in
        row.parameters.filter { $0.file != nil }.map { (row.name, $0.name) }
    }
    private static let table = BuiltinTable(host: CommandTable.all)

    /// A parameter that sounds like a path is one: it is checked.
    @Test func everyPathIsDeclared() throws {
        for row in Self.table.all {
            for parameter in row.parameters where ["path", "folder", "file", "checkpoint", "tokenizer"].contains(parameter.name) {
                #expect(parameter.file != nil, "\(row.name): \(parameter.name) is a path without file:")
            }
            let words = ["a file", "a folder", "the file", "the folder", "a path"]
            for parameter in row.parameters where words.contains(where: { parameter.doc.lowercased().contains($0) }) {
                #expect(
                    parameter.file != nil || Self.noPaths.contains("\(row.name).\(parameter.name)"),
                    "\(row.name).\(parameter.name): \(parameter.doc)")
            }
        }
        #expect(Self.paths.count > 20)
    }

    /// Parameters whose help speaks of files although they are none.
    private static let noPaths: Set<String> = ["resume.base"]

    /// Calls each row by its path alone, with the other parameters left out and nothing behind the call but a note that it ran: what is
    /// refused is refused before any work.
    @Test func everyPathOutsideIsRefused() throws {
        try inTemporaryFolder { folder in
            for name in ["own", "other"] {
                try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
            }
            try "x".write(toFile: folder + "/other/x.json", atomically: true, encoding: .utf8)
            try FileManager.default.createSymbolicLink(atPath: folder + "/own/link", withDestinationPath: "../other")
            #expect(FileManager.default.changeCurrentDirectoryPath(folder + "/own"))
            let real = try #require(RealPath.of("."))
            let ran = Mutex<[String]>([])
            let rows = Self.table.all.filter { $0.parameters.contains { $0.file != nil } }
            let probes = rows.map { row in
                Builtin(
                    row.name, family: .scenes, summary: "", parameters: row.parameters.map { Self.optional($0) }, result: .any,
                    run: { _ in
                        ran.withLock { $0.append(row.name) }
                        return .none
                    })
            }
            let hostile = [
                "\(folder)/other/x.json", "../other/x.json", "link/x.json", "link", "link/new.json", "/etc/passwd", "/dev/null",
                "/proc/self/mem", "none/../../x",
            ]
            var count = 0
            for row in rows {
                for parameter in row.parameters where parameter.file != nil {
                    for path in hostile {
                        let session = Session(builtins: probes, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))
                        session.confine(to: Confinement([.init(real: real, .write)]))
                        let source = "\(row.name)(\(parameter.name)=\"\(path)\")"
                        let code = session.run(source: source).diagnostics.first?.code
                        #expect(code == .notPermitted, "\(source)")
                        count += 1
                    }
                    let session = Session(builtins: probes)
                    session.confine(to: Confinement([.init(real: real, .write)]))
                    let inside = session.run(source: "\(row.name)(\(parameter.name)=\"new.json\")")
                    #expect(inside.diagnostics.isEmpty, "\(row.name): \(inside.diagnostics.first?.message ?? "")")
                }
            }
            #expect(ran.withLock { $0.count } == count / hostile.count)
        }
    }

    private static func optional(_ parameter: Parameter) -> Parameter {
        var parameter = parameter
        (parameter.optional, parameter.defaultValue, parameter.keywordOnly) = (true, nil, true)
        return parameter
    }

    /// Links within a folder that may be read are followed and refused as well: the engine opens the files of a folder by itself.
    @Test func linksWithinFoldersAreRefused() throws {
        try inTemporaryFolder { folder in
            let (manager, library) = (FileManager.default, Programs.root + "/stdlib")
            try manager.createDirectory(atPath: folder + "/own/scene", withIntermediateDirectories: true)
            try manager.createDirectory(atPath: folder + "/other", withIntermediateDirectories: true)
            for name in ["img.jpg", "mask0.png", "mask1.png", "mask2.png"] {
                try manager.copyItem(atPath: "\(library)/scenes/toys/\(name)", toPath: "\(folder)/other/\(name)")
                try manager.createSymbolicLink(atPath: "\(folder)/own/scene/\(name)", withDestinationPath: "../../other/\(name)")
            }
            try manager.copyItem(atPath: "\(library)/models/collage", toPath: "\(folder)/own/model")
            let weights = "\(folder)/own/model/vae/config.json"
            try manager.moveItem(atPath: weights, toPath: "\(folder)/other/config.json")
            try manager.createSymbolicLink(atPath: weights, withDestinationPath: "../../../other/config.json")
            try "[\"../../other/h.safetensors\"]".write(toFile: "\(folder)/own/handles.json", atomically: true, encoding: .utf8)
            #expect(manager.changeCurrentDirectoryPath(folder + "/own"))
            let real = try #require(RealPath.of("."))
            for (source, confined) in [
                ("load_scene(\"scene\")", true), ("load_model(\"model\")", true), ("load_scene(\"scene\")", false),
                ("load_model(\"model\")", false),
            ] {
                let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [library]))
                if confined { session.confine(to: Confinement([.init(real: real, .read)])) }
                #expect(
                    session.run(source: source).diagnostics.filter { $0.severity == .error }.isEmpty != confined,
                    "\(source), confined: \(confined)")
            }
        }
    }

    /// What is granted for writing can be used by every command that writes folders by way of drafts beside them.
    @Test func foldersAreWrittenWhereTheyMayBe() throws {
        try inTemporaryFolder { folder in
            let real = try #require(RealPath.of("."))
            let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))
            let library = try #require(Confinement.Grant(Programs.root + "/stdlib", .read))
            session.confine(to: Confinement([library, .init(real: real + "/model", .write), .init(real: real + "/scene", .write)]))
            let source =
                "m = load_model(\"collage\"); save_model(m, \"model\"); save_model(m, \"model\"); save_scene(load_scene(\"toys\"), \"scene\")"
            let outcome = session.run(source: source + "; load_model(\"model\").hash == m.hash")
            #expect(outcome.diagnostics.isEmpty, "\(outcome.diagnostics.first?.message ?? "")")
            #expect(outcome.value?.isTruthy == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["model", "scene"])
        }
    }
}
