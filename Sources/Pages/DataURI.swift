import Files

/// Bytes as an address that contains them.
public enum DataURI {
    /// Returns the address of a PNG file's bytes.
    public static func png(_ bytes: [UInt8]) -> String { "data:image/png;base64,\(Base64.text(of: bytes))" }
}
