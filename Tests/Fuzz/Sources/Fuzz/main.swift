// Fuzz TARGET [libFuzzer options] [corpus folders]
import CFuzzer
import Glibc

guard CommandLine.arguments.count > 1,
    let place = FuzzTarget.all.firstIndex(where: { $0.name == CommandLine.arguments[1] })
else {
    print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
    exit(CommandLine.arguments.count > 1 ? 64 : 0)
}
/// Set once here; libFuzzer takes a plain C function, which cannot capture.
nonisolated(unsafe) var target = FuzzTarget.all[place]

var arguments = CommandLine.arguments.map { strdup($0) }
arguments.remove(at: 1)
var count = CInt(arguments.count)
arguments.append(nil)
arguments.withUnsafeMutableBufferPointer { buffer in
    var base = buffer.baseAddress
    exit(
        LLVMFuzzerRunDriver(&count, &base) { data, size in
            target.run(Array(UnsafeBufferPointer(start: data, count: size)))
            return 0
        })
}
