import Foundation
import Language
import Testing

@testable import Commands

/// `?"words"` finds the recipes of the library; `ScriptTests` runs them.
@Suite struct RecipeTests {
    private static let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))

    @Test(arguments: [
        ("entangled", "entangled", "whole - part"), ("variations", "variations", "n=4"),
        ("background", "background", "complement(union(photo.masks))"),
        ("significance", "significance", "paired=\"attention_weight\""), ("is the difference significant", "significance", "paired="),
        ("entangled things", "entangled", "whole - part"),
    ])
    func wordsFindARecipe(_ words: String, _ name: String, _ line: String) {
        let answer = Self.session.apropos(words)
        #expect(answer.hasPrefix("bas run stdlib/recipes/\(name).bas\n\n    # %% "), "\(answer)")
        #expect(answer.contains(line) && !answer.contains("Found by"))
        // It runs as it stands: its code is that of the file.
        #expect(FileManager.default.fileExists(atPath: "\(Programs.root)/stdlib/recipes/\(name).bas"))
    }

    @Test func commandsAreStillFound() {
        #expect(Self.session.apropos("background").contains("\ncomplement "))
        #expect(Self.session.apropos("significance").contains("\nsummary "))
        #expect(!Self.session.apropos("csv").contains("bas run"))
    }
}
