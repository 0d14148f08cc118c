import Files
import Language

/// What a connection file says: where the five sockets listen, and the key of signatures.
public struct Connection: Sendable {
    /// The way of transport: `tcp` or `ipc`.
    public var transport: String
    /// The address of the network interface, or the path of `ipc` sockets without their numbers.
    public var ip: String
    /// The key of signatures. Where it is empty, messages are not signed.
    public var key: String
    /// The port of each channel; 0 lets the system choose one, which `Kernel.endpoint` tells.
    public var ports: [Channel: Int]

    /// Creates a connection on this machine; without ports the system chooses them.
    public init(transport: String = "tcp", ip: String = "127.0.0.1", key: String = "", ports: [Channel: Int] = [:]) {
        self.transport = transport
        self.ip = ip
        self.key = key
        self.ports = ports
    }

    /// The largest connection file that is read, in bytes.
    private static let largestFile = 1 << 20

    /// Reads a connection file. Throws `FileError` where it cannot be read, and a `Problem` where it is no connection file.
    public init(path: String) throws {
        let bytes = try ReadableFile.contents(path, limit: Self.largestFile)
        let json: JSON
        do {
            json = try JSON.parse(bytes)
        } catch {
            throw Self.problem(path, "it is no JSON (\(error))")
        }
        guard json.objectValue != nil else { throw Self.problem(path, "it holds \(json.kind), not an object") }
        let transport = json["transport"]?.stringValue ?? "tcp"
        guard ["tcp", "ipc"].contains(transport) else {
            throw Self.problem(path, "\"transport\" is \"\(transport)\"; bas knows tcp and ipc")
        }
        let scheme = json["signature_scheme"]?.stringValue ?? "hmac-sha256"
        guard scheme == "hmac-sha256" else {
            throw Self.problem(path, "\"signature_scheme\" is \"\(scheme)\"; bas knows hmac-sha256")
        }
        var ports: [Channel: Int] = [:]
        for channel in Channel.allCases {
            let name = channel.rawValue + "_port"
            guard let port = json[name]?.intValue, (1...65_535).contains(port) else {
                throw Self.problem(path, "\"\(name)\" is missing or no port")
            }
            ports[channel] = port
        }
        self.init(
            transport: transport, ip: json["ip"]?.stringValue ?? "127.0.0.1", key: json["key"]?.stringValue ?? "", ports: ports)
    }

    /// Returns the address on which a channel listens.
    func address(_ channel: Channel) -> String {
        let port = ports[channel] ?? 0
        if transport == "ipc" { return "ipc://\(ip)-\(port)" }
        let host = ip.contains(":") ? "[\(ip)]" : ip
        return "tcp://\(host):\(port == 0 ? "*" : "\(port)")"
    }

    private static func problem(_ path: String, _ reason: String) -> Problem {
        Problem(
            .badFile, "\"\(path)\" is no connection file of Jupyter: \(reason)", help: "Jupyter writes this file and starts bas with it")
    }
}

/// The five channels of the protocol; raw values are their names in connection files.
public enum Channel: String, Sendable, CaseIterable {
    /// Requests that run or read the session, in order.
    case shell
    /// What everybody may see: outputs, and whether the kernel is busy.
    case iopub
    /// Questions to the person, of which bas has none.
    case stdin
    /// Requests that do not wait for running ones: to interrupt and to end.
    case control
    /// An echo that tells that the kernel lives.
    case heartbeat = "hb"
}
