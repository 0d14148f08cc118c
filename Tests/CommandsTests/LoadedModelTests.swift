import Glibc
import Language
import Testing

@testable import Commands
@testable import Diffusion
@testable import Tensors

/// `load_model` gives what is on disk now, however it came there, and keeps a bounded number of models.
@Suite(.serialized) struct LoadedModelTests {
    private static func bench() -> Workbench {
        let bench = Workbench()
        bench.run("base = load_model(\"collage\"); a = add_handles(base, 1, seed=1); b = add_handles(base, 1, seed=2)")
        return bench
    }

    private static func files(_ folder: String) -> [String] {
        ModelFolder.places(folder).flatMap { place in FileSystem.contents(place).map { "\(place)/\($0)" } }.filter {
            !FileSystem.isFolder($0)
        }
    }

    /// Sets the time of the last change of contents.
    private static func setTime(_ path: String, secondsAgo: Int) {
        let time = timespec(tv_sec: time(nil) - secondsAgo, tv_nsec: 5)
        #expect(utimensat(AT_FDCWD, path, [time, time], 0) == 0)
    }

    @Test func whatIsSavedOverAnotherModelIsLoaded() throws {
        try inTemporaryFolder { _ in
            let bench = Self.bench()
            bench.run(
                "save_model(a, \"m\", dtype=\"float32\"); x = load_model(\"m\"); save_model(b, \"m\", dtype=\"float32\"); y = load_model(\"m\")"
            )
            #expect(bench.isTrue("x.hash == a.hash and y.hash == b.hash and a.hash != b.hash"))
            bench.run("save_model(base, \"m\"); z = load_model(\"m\")")
            #expect(bench.isTrue("z.handles == []"))
        }
    }

    /// Another program writes other numbers into the same file, and sets its time back.
    @Test func aFileRewrittenInPlaceIsNoticed() throws {
        try inTemporaryFolder { _ in
            let bench = Self.bench()
            bench.run("save_model(a, \"m\", dtype=\"float32\")")
            Self.files("m").forEach { Self.setTime($0, secondsAgo: 100) }
            sleep(3)
            bench.run("x = load_model(\"m\"); y = load_model(\"m\")")
            // The one at hand: not even read again.
            #expect(Self.place(bench, "x") == Self.place(bench, "y") && Self.place(bench, "x") != nil)
            let path = "m/unet/diffusion_pytorch_model.safetensors"
            let descriptor = open(path, O_RDWR)
            let end = lseek(descriptor, 0, SEEK_END)
            #expect(descriptor >= 0 && pwrite(descriptor, [Float](repeating: 0.5, count: 4), 16, end - 16) == 16)
            close(descriptor)
            Self.setTime(path, secondsAgo: 100)
            bench.run("z = load_model(\"m\")")
            #expect(bench.isTrue("x.hash == y.hash and z.hash != x.hash"))
        }
    }

    @Test func aFileThatJustChangedIsReadAgain() throws {
        try inTemporaryFolder { _ in
            try AtomicFile.write("a", text: "1")
            let fresh = DiskStamp(["a"])
            #expect(fresh == DiskStamp(["a"]) && !fresh.isSettled)
            try AtomicFile.write("b", text: "1")
            #expect(DiskStamp(["."]) != fresh && DiskStamp(["nothing"]) != fresh)
        }
    }

    @Test func fewModelsAreKept() throws {
        try inTemporaryFolder { _ in
            let bench = Self.bench()
            let kept = { bench.session.context[LoadedModels.self].map(\.key).map { $0.split(separator: "/").last ?? "" } }
            for index in 0...5 { bench.run("save_model(base, \"m\(index)\"); load_model(\"m\(index)\")") }
            #expect(kept() == ["m2", "m3", "m4", "m5"])
            bench.run("load_model(\"m3\"); load_model(\"m5\"); load_model(\"m0\")")
            #expect(kept() == ["m4", "m3", "m5", "m0"])
        }
    }

    /// Where a model's first parameter lies in memory.
    private static func place(_ bench: Workbench, _ name: String) -> TensorMark? {
        bench.session[global: name]?.host(as: ModelValue.self)?.model.unet.parameters().first?.value.value.mark
    }
}
