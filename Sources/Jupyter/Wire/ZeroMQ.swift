import CZeroMQ
import Glibc

/// A call of ZeroMQ that failed.
struct ZeroMQError: Error, CustomStringConvertible {
    /// What was tried: "listen on tcp://127.0.0.1:5555".
    let attempt: String
    let code: Int32

    init(_ attempt: String) {
        self.attempt = attempt
        code = zmq_errno()
    }

    /// The system's words for the failure.
    var reason: String { String(cString: zmq_strerror(code)) }
    var description: String { "cannot \(attempt): \(reason)" }
}

/// The library's state, which sockets share. It ends with the last of them.
final class ZeroMQContext: @unchecked Sendable {
    // The library's contexts may be used from several threads.
    fileprivate let pointer: UnsafeMutableRawPointer

    init() throws(ZeroMQError) {
        guard let pointer = zmq_ctx_new() else { throw ZeroMQError("start ZeroMQ") }
        self.pointer = pointer
    }

    deinit { while zmq_ctx_term(pointer) != 0, zmq_errno() == EINTR {} }
}

/// A socket. It is used by one thread at a time; handing it to another needs a memory barrier, such as the start of that thread.
final class ZeroMQSocket {
    /// The kinds of sockets that kernels and their clients use.
    enum Kind {
        case router, dealer, publisher, subscriber

        fileprivate var number: Int32 {
            switch self {
            case .router: ZMQ_ROUTER
            case .dealer: ZMQ_DEALER
            case .publisher: ZMQ_XPUB
            case .subscriber: ZMQ_SUB
            }
        }
    }

    /// What `receive` found.
    enum Reception: Equatable {
        case nothing
        case message([[UInt8]])
        /// A message with more frames or bytes than are read.
        case tooLarge
    }

    /// The largest frame that is accepted, in bytes. ZeroMQ ends the connection of a peer that sends a larger one.
    static let largestFrame = 32 << 20
    /// The largest message that is read, in bytes and frames.
    static let largestMessage = 64 << 20
    static let mostFrames = 256

    private let context: ZeroMQContext
    fileprivate let pointer: UnsafeMutableRawPointer

    init(_ context: ZeroMQContext, _ kind: Kind) throws(ZeroMQError) {
        guard let pointer = zmq_socket(context.pointer, kind.number) else { throw ZeroMQError("open a socket") }
        self.context = context
        self.pointer = pointer
        // What has been sent gets a second to leave when the socket is closed.
        set(ZMQ_LINGER, 1000)
        var largest = Int64(Self.largestFrame)
        zmq_setsockopt(pointer, ZMQ_MAXMSGSIZE, &largest, MemoryLayout<Int64>.size)
    }

    deinit { zmq_close(pointer) }

    /// Sets a numeric option.
    func set(_ option: Int32, _ value: Int32) {
        var value = value
        zmq_setsockopt(pointer, option, &value, MemoryLayout<Int32>.size)
    }

    /// Sets an option that is a sequence of bytes.
    func set(_ option: Int32, _ bytes: [UInt8]) { zmq_setsockopt(pointer, option, bytes, bytes.count) }

    /// Listens on an address.
    func bind(_ address: String) throws(ZeroMQError) {
        guard zmq_bind(pointer, address) == 0 else { throw ZeroMQError("listen on \(address)") }
    }

    /// Connects to an address, now or as soon as somebody listens there.
    func connect(_ address: String) throws(ZeroMQError) {
        guard zmq_connect(pointer, address) == 0 else { throw ZeroMQError("connect to \(address)") }
    }

    /// The address that the last `bind` chose.
    var endpoint: String {
        var bytes = [UInt8](repeating: 0, count: 512)
        var size = bytes.count
        guard zmq_getsockopt(pointer, ZMQ_LAST_ENDPOINT, &bytes, &size) == 0 else { return "" }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Takes the next message without waiting for one. All frames of a message arrive together.
    func receive() -> Reception {
        var frames: [[UInt8]] = []
        var bytes = 0
        var isTooLarge = false
        while true {
            var message = zmq_msg_t()
            zmq_msg_init(&message)
            defer { zmq_msg_close(&message) }
            guard zmq_msg_recv(&message, pointer, ZMQ_DONTWAIT) >= 0 else {
                if zmq_errno() == EINTR { continue }
                return .nothing
            }
            bytes += zmq_msg_size(&message)
            isTooLarge = isTooLarge || bytes > Self.largestMessage || frames.count >= Self.mostFrames
            if isTooLarge { frames = [] } else { frames.append(Self.contents(&message)) }
            if zmq_msg_more(&message) == 0 { return isTooLarge ? .tooLarge : .message(frames) }
        }
    }

    private static func contents(_ message: inout zmq_msg_t) -> [UInt8] {
        guard let data = zmq_msg_data(&message) else { return [] }
        return Array(UnsafeRawBufferPointer(start: data, count: zmq_msg_size(&message)))
    }

    /// Sends a message without waiting. Routers and publishers drop what a peer that is gone or does not read would get; returns false where
    /// the message was not taken.
    @discardableResult
    func send(_ frames: [[UInt8]]) -> Bool {
        for (place, frame) in frames.enumerated() {
            let flags = ZMQ_DONTWAIT | (place + 1 < frames.count ? ZMQ_SNDMORE : 0)
            while zmq_send(pointer, frame, frame.count, flags) < 0 {
                guard zmq_errno() == EINTR else { return false }
            }
        }
        return true
    }
}

/// Waits for several sockets and descriptors at once.
struct ZeroMQPoll {
    private var items: [zmq_pollitem_t]

    init(_ sockets: [ZeroMQSocket], descriptors: [Int32] = []) {
        items = sockets.map { zmq_pollitem_t(socket: $0.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0) }
        items += descriptors.map { zmq_pollitem_t(socket: nil, fd: $0, events: Int16(ZMQ_POLLIN), revents: 0) }
    }

    /// Returns once there is something to read, or after this many milliseconds; -1 waits without end.
    mutating func wait(_ milliseconds: Int) { _ = zmq_poll(&items, Int32(items.count), milliseconds) }
}
