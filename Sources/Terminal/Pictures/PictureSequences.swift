import Files

/// The control sequences that carry a PNG to a terminal.
enum PictureSequences {
    /// The most base64 characters in a chunk that kitty's protocol allows.
    static let longestChunk = 4096

    /// Returns kitty's sequences that place a PNG (`f=100`) at the cursor, stretched to this many cells; `q=2` asks for no answers.
    static func kitty(png: [UInt8], columns: Int, rows: Int) -> [String] {
        chunks(png, "a=T,f=100,q=2,c=\(columns),r=\(rows),")
    }

    /// Returns kitty's sequences that only transmit a PNG, under a number.
    static func kittyTransmission(png: [UInt8], id: UInt32) -> [String] { chunks(png, "a=t,f=100,q=2,i=\(id),") }

    /// Returns kitty's sequence that places a transmitted picture at the cursor.
    static func kittyPlacement(id: UInt32, columns: Int, rows: Int) -> String {
        "\u{1b}_Ga=p,q=2,i=\(id),c=\(columns),r=\(rows)\u{1b}\\"
    }

    private static func chunks(_ png: [UInt8], _ first: String) -> [String] {
        let data = Array(Base64.text(of: png).utf8)
        let starts = Array(stride(from: 0, to: max(1, data.count), by: longestChunk))
        return starts.map { start in
            let end = min(start + longestChunk, data.count)
            let chunk = String(decoding: data[start..<end], as: UTF8.self)
            return "\u{1b}_G\(start == 0 ? first : "")m=\(end < data.count ? 1 : 0);\(chunk)\u{1b}\\"
        }
    }

    /// Returns iTerm2's sequence, OSC 1337.
    static func iterm(png: [UInt8], columns: Int, rows: Int) -> String {
        "\u{1b}]1337;File=inline=1;size=\(png.count);width=\(columns);height=\(rows);preserveAspectRatio=0:"
            + Base64.text(of: png) + "\u{07}"
    }

    /// Returns a sequence wrapped so that tmux passes it on to the terminal around it.
    static func throughTmux(_ sequence: String) -> String {
        "\u{1b}Ptmux;" + sequence.split(separator: "\u{1b}", omittingEmptySubsequences: false).joined(separator: "\u{1b}\u{1b}")
            + "\u{1b}\\"
    }
}
