import BreakAScene
import Files
import Images

/// What `check` says of the masks of a draft, with the cells of the attention maps that each becomes, for the page.
struct DraftReport {
    private let draft: MaskDraft
    /// What will not work well, a sentence each.
    private var sentences: [String] = []
    private var report: SceneReport?
    /// The places of the masks that the report is about: those that are painted.
    private let painted: [Int]

    /// Examines the masks at the page's size, which is as near to the photo's as sixteen cells ask for.
    init(_ draft: MaskDraft) {
        self.draft = draft
        painted = draft.layers.indices.filter { !draft.layers[$0].runs.isEmpty }
        sentences = draft.layers.indices.filter { draft.layers[$0].runs.isEmpty }.map {
            "\(draft.name($0)) is empty: paint it, or delete it"
        }
        let names = painted.map(draft.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            sentences.append("two masks are called \(twice): tables and figures show these names")
        }
        guard !painted.isEmpty else { return }
        do {
            let scene = try Scene(image: draft.picture, masks: painted.map { draft.layers[$0].runs.mask }, names: names, fit: draft.fit)
            let report = try SceneReport(scene)
            sentences += report.warnings.map { warning in warning.description { names[$0] } } + (report.advice.map { [$0] } ?? [])
            self.report = report
        } catch {
            sentences.append("\(error)")
        }
    }

    /// The report for the page: the part of the picture that a square model sees, in pixels of the page's picture, the share of it and the
    /// cells (16 rows of 16, as the places of those that are covered) of each mask, and the warnings.
    var json: JSON {
        var masks = [JSON](repeating: .null, count: draft.layers.count)
        for (place, entry) in zip(painted, report?.entries ?? []) {
            let cells = entry.cellMap.values.indices.filter { entry.cellMap.values[$0] > 0.5 }
            masks[place] = ["area": JSON(entry.area), "cells": .array(cells.map { JSON($0) })]
        }
        let rect = report?.frame.rect
        let frame: JSON = rect.map { [JSON($0.x0), JSON($0.y0), JSON($0.width), JSON($0.height)] } ?? .null
        let seen: JSON = (report?.frame.description).map { .string("A square model sees \($0).") } ?? .null
        return ["frame": frame, "seen": seen, "masks": .array(masks), "warnings": .array(sentences.map { .string($0) })]
    }
}
