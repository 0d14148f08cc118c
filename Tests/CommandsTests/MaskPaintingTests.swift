import BreakAScene
import Images
import Language
import TestSupport
import Testing

@testable import Commands

/// `masks`, with a stub in place of the person.
@Suite struct MaskPaintingTests {
    private func session(_ paint: MaskPainting.State) -> Session {
        let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))
        session.context[MaskPainting.self] = paint
        return session
    }

    @Test func aPersonIsGivenThePhotoAndItsMasks() throws {
        let folder = try TemporaryFolder()
        let session = session { request in
            let mask = try Mask.filled(1, size: request.photo.size)
            return try Scene(image: request.photo, masks: (request.scene?.masks ?? []) + [mask], title: request.name)
        }
        func shown(_ code: String) -> String? {
            let outcome = session.run(source: code)
            #expect(outcome.diagnostics.isEmpty, "\(code): \(outcome.diagnostics.first?.message ?? "")")
            guard case .string(let text)? = outcome.value else { return nil }
            return text
        }
        let path = folder.path
        _ = shown("p = load_scene(\"toys\").image; save_image(p, \"\(path)/my photo.v2.png\"); make_folder(\"\(path)/bare\")")
        _ = shown("save_image(p, \"\(path)/bare/img.png\")")
        // A photo's path, a picture, a scene, a scene's folder, and a folder that has no masks yet.
        for (source, expected) in [
            ("\"\(path)/my photo.v2.png\"", "my photo.v2 1 [512, 512]"), ("p", "scene 1 [512, 512]"),
            ("load_scene(\"toys\")", "toys 4 [512, 512]"), ("\"stdlib/scenes/mug_rose/\"", "mug_rose 3 [128, 128]"),
            ("\"\(path)/bare\"", "bare 1 [512, 512]"),
        ] {
            #expect(shown("s = masks(\(source)); \"{s.title} {len(s.masks)} {s.size}\"") == expected, "\(source)")
        }
    }

    @Test func withoutAPersonNothingWaits() throws {
        let alone = session(nil).run(source: "masks(load_scene(\"toys\"))").diagnostics.first
        #expect(alone?.code == .notAllowed && alone?.help?.contains("bas masks") == true)
        let missing = session { _ in throw Problem(.failed, "asked") }.run(source: "masks(\"none.jpg\")").diagnostics.first
        #expect(missing?.code == .fileMissing)
        let left = session { _ in throw Problem(.failed, "left") }.run(source: "masks(load_scene(\"toys\"))").diagnostics.first
        #expect(left?.code == .failed && left?.message == "left")
    }
}
