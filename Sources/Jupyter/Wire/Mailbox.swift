import CZeroMQ
import Glibc
import Synchronization

/// A queue from any thread to one reader, with a descriptor that can be waited for together with sockets.
final class Mailbox<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    /// A descriptor that is readable while there may be something to take.
    let descriptor: Int32

    init() throws(NoDescriptor) {
        descriptor = eventfd(0, bas_event_flags)
        guard descriptor >= 0 else { throw NoDescriptor(code: errno) }
    }

    deinit { close(descriptor) }

    /// Appends an element and wakes the reader.
    func put(_ element: Element) {
        elements.withLock { $0.append(element) }
        wake()
    }

    /// Wakes the reader, who finds nothing new here.
    func wake() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Takes all elements, in order.
    func takeAll() -> [Element] {
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
        return elements.withLock { elements in
            defer { elements = [] }
            return elements
        }
    }

    /// Waits until there may be something to take.
    func wait() {
        var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&question, 1, -1)
    }
}

/// The system has no descriptor left.
struct NoDescriptor: Error, CustomStringConvertible {
    let code: Int32

    var description: String { "cannot open a descriptor: \(String(cString: strerror(code)))" }
}
