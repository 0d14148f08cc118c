import Glibc
import Testing

/// Jobs in worker processes of the built program: they give what one process gives, whatever is killed meanwhile. The function and its
/// helper read some of the same names, which workers see as variables of their own.
@Suite(.serialized) struct JobProcessTests {
    private static func program(_ options: String, work: Int = 20_000) -> String {
        """
        scale = ones([3]) * 0.1
        fn helper(x) { sum(scale * x) * len([x]) }
        fn measure(p) {
            x = 0
            for i in 1..\(work) { x = x + i * p.a }
            if p.a == 5 and p.seed == 2 { [1][p.a] }
            { x: x, y: float(helper(p.a)) / p.seed * len([p]), r: rand([2])[0] }
        }
        t = sweep({a: 1..6, seed: 1..5}, measure\(options))
        save_table(t, "t.jsonl")
        print(len(t))
        """
    }

    private func table(_ folder: TemporaryFolder, _ options: String) throws -> (Run, String) {
        try folder.write("sweep.bas", Self.program(options))
        let run = try Run(["run", "-q", "sweep.bas"], in: folder)
        return (run, folder.read("t.jsonl"))
    }

    @Test func workersEqualOneProcess() throws {
        let folder = try TemporaryFolder()
        let (first, serial) = try table(folder, ", folder=\"a\"")
        #expect(first.status == 0 && serial.split(separator: "\n").count == 30, "\(first.output) \(first.errors)")
        #expect(serial.contains("index 5") || serial.contains("\"error\""))
        for workers in [2, 3] {
            let (run, found) = try table(folder, ", folder=\"w\(workers)\", workers=\(workers), threads=1")
            #expect(run.status == 0 && found == serial, "\(run.output) \(run.errors) \(folder.read("w\(workers)/workers.log"))")
        }
        let jobs = try Run(["jobs", "w2"], in: folder)
        #expect(jobs.status == 0 && jobs.output.hasPrefix("sweep: 30 jobs\ndone 29, running 0, failed 1, waiting 0\n"), "\(jobs.output)")
        #expect(try Run(["jobs", "w2", "--check"], in: folder).status == 1)
        #expect(try Run(["jobs", "nowhere"], in: folder).status == 66)
        #expect(try Run(["jobs", "."], in: folder).status == 65)
        #expect(try Run(["jobs", "--json", "w2"], in: folder).output.hasPrefix("{\"command\":\"sweep\""))
    }

    @Test func aKilledSweepGoesOn() throws {
        let folder = try TemporaryFolder()
        let (_, serial) = try table(folder, ", folder=\"a\"")
        let options = ", folder=\"runs\", workers=2, threads=1"
        try folder.write("sweep.bas", Self.program(options))
        var random = SystemRandomNumberGenerator()
        var (kills, done) = (0, 0)
        while kills < 6 {
            let run = try Run(["run", "-q", "sweep.bas"], in: folder, signal: (SIGKILL, .random(in: 0.1...0.6, using: &random)))
            #expect(!run.errors.contains("error["), "\(run.errors)")
            if run.status != 128 + SIGKILL { break }
            kills += 1
            let jobs = try Run(["jobs", "runs"], in: folder)
            let now = jobs.output.split(separator: " ").firstIndex(of: "done").flatMap { _ in Self.done(jobs.output) } ?? 0
            #expect(now >= done, "\(now) after \(done)")
            done = now
        }
        let (last, found) = try table(folder, options)
        #expect(last.status == 0 && found == serial, "\(last.output) \(last.errors)")
        #expect(Self.workers(of: folder).isEmpty)
    }

    private static func done(_ text: String) -> Int? {
        text.split(separator: "\n").last { $0.hasPrefix("done ") }?.split(whereSeparator: { ", ".contains($0) }).dropFirst().first.flatMap {
            Int($0)
        }
    }

    /// The processes that work in a folder, by their command lines.
    private static func workers(of folder: TemporaryFolder) -> [pid_t] {
        guard let place = opendir("/proc") else { return [] }
        defer { closedir(place) }
        var found: [pid_t] = []
        while let entry = readdir(place) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let id = pid_t(name), let file = fopen("/proc/\(name)/cmdline", "r"),
                let link = realpath("/proc/\(name)/cwd", nil)
            else { continue }
            defer {
                fclose(file)
                free(link)
            }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = fread(&buffer, 1, buffer.count, file)
            let words = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\0")
            if words.count > 1, words[1] == "worker", String(cString: link) == folder.path { found.append(id) }
        }
        return found
    }

    @Test func aKilledWorkerLosesOneJob() throws {
        let folder = try TemporaryFolder()
        let (_, serial) = try table(folder, ", folder=\"a\"")
        try folder.write("sweep.bas", Self.program(", folder=\"runs\", workers=2, threads=1"))
        let program = try Executable.path()
        let id = try #require(
            Child.spawn(
                ["/bin/sh", "-c", "cd \"$0\" && exec \"$1\" run -q sweep.bas > out.txt 2>&1", folder.path, program],
                environment: folder.environment
            ) { _ in })
        var (killed, isOver) = (0, false)
        for _ in 0..<400 where killed < 3 && !isOver {
            usleep(20_000)
            if let worker = Self.workers(of: folder).first, kill(worker, SIGKILL) == 0 { killed += 1 }
            usleep(150_000)
            isOver = waitpid(id, nil, WNOHANG) == id
        }
        if !isOver { _ = Child.wait(id) }
        // A job in whose middle two workers end is given up; what is left is the same.
        let (last, found) = try table(folder, ", folder=\"runs\", workers=2, threads=1")
        #expect(last.status == 0 && found == serial, "\(killed) killed: \(last.output) \(last.errors) \(folder.read("out.txt"))")
    }

    /// No job ends by itself, so that the interrupt always meets workers at work.
    @Test func anInterruptEndsTheWorkersToo() throws {
        let folder = try TemporaryFolder()
        try folder.write("sweep.bas", Self.program(", folder=\"runs\", workers=2, threads=1", work: 2_000_000_000))
        let run = try Run(["run", "-q", "sweep.bas"], in: folder, signal: (SIGINT, 1.5))
        #expect(run.status == 130, "\(run.status) \(run.output) \(run.errors)")
        usleep(300_000)
        #expect(Self.workers(of: folder).isEmpty)
        let jobs = try Run(["jobs", "runs"], in: folder)
        #expect(jobs.output.contains("running 0"), "\(jobs.output)")
    }

    @Test func aWorkerWithoutItsModelSaysSo() throws {
        let folder = try TemporaryFolder()
        #expect(try Run(["worker", "nowhere"], in: folder).output.contains("\"problem\""))
        #expect(try Run(["worker", "nowhere", "--array", "1", "--task", "0"], in: folder).errors.contains("bas worker:"))
        #expect(try Run(["worker", "nowhere", "--array", "1"], in: folder).status == 64)
    }
}
