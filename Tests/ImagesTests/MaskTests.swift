import Foundation
import Testing

@testable import Images

@Suite struct MaskTests {
    static let size = PixelSize(width: 64, height: 48)

    static func random(_ seed: UInt64) -> Mask {
        Mask(luminanceOf: noise(64, 48, seed: seed))
    }

    @Test func algebraIsThatOfFuzzySets() throws {
        let (a, b) = (Self.random(1), Self.random(2))
        #expect(try (a | b).values == zip(a.values, b.values).map { max($0, $1) })
        #expect(try (a & b).values == zip(a.values, b.values).map { min($0, $1) })
        #expect(try (a - b).values == zip(a.values, b.values).map { min($0, 1 - $1) })
        #expect((!a).values == a.values.map { 1 - $0 })
        #expect(try (a | b) == (b | a))
        #expect(try (a & (a | b)) == a)
        #expect(try !(a | b) == (!a & !b))
        #expect(try Mask.union([a, b, a]) == (a | b))
    }

    @Test func valuesAreClipped() {
        let mask = Mask(width: 5, height: 1, values: [-1, 0.25, 2, .nan, .infinity])
        #expect(mask.values == [0, 0.25, 1, 0, 1])
    }

    @Test func sizesMustAgree() throws {
        let other = try Mask.filled(1, size: PixelSize(width: 4, height: 4))
        let mask = Self.random(1)
        let error = failure { _ = try mask | other }
        #expect(error?.kind == .badArgument)
        #expect(error?.reason.contains("64×48 and 4×4") == true)
        #expect(failure { _ = try mask & other } != nil)
        #expect(failure { _ = try mask - other } != nil)
        #expect(failure { _ = try mask.overlap(with: other) } != nil)
        #expect(failure { _ = try Mask.union([]) }?.kind == .badArgument)
    }

    @Test func areasOfShapesFollowTheirFormulas() throws {
        let triangle = [Point(10, 5), Point(50, 12.5), Point(20.25, 40)]
        // Half the cross product of two sides: (40, 7.5) × (10.25, 35).
        let halfCross = (40 * 35 - 7.5 * 10.25) / 2
        let cases: [(String, Mask, Double)] = try [
            ("box", .box(Point(10.25, 4.5), Point(30, 20.75), size: Self.size), 19.75 * 16.25),
            (
                "box from the other corner", .box(Point(30, 4.5), Point(10.25, 20.75), size: Self.size),
                19.75 * 16.25
            ),
            ("box half outside", .box(Point(-10, -10), Point(5, 6), size: Self.size), 30),
            ("triangle", .polygon(triangle, size: Self.size), halfCross),
            (
                "ellipse", .ellipse(center: Point(31, 22.3), radii: Point(20, 11.5), size: Self.size),
                .pi * 20 * 11.5
            ),
            ("dot", .brush([Point(30, 20)], width: 20, size: Self.size), .pi * 100),
            ("stroke", .brush([Point(15, 20), Point(45, 20)], width: 10, size: Self.size), .pi * 25 + 300),
        ]
        for (name, mask, area) in cases {
            #expect(abs(mask.area - area) < 0.01 * area, "\(name): \(mask.area) for \(area)")
            #expect(mask.values.allSatisfy { (0...1).contains($0) })
        }
        #expect(abs(cases[0].1.area - 19.75 * 16.25) < 1e-3, "boxes are exact")
    }

    @Test func shapesLieWhereTheyAreAsked() throws {
        let box = try Mask.box(Point(3, 2), Point(7, 5), size: PixelSize(width: 10, height: 8))
        for y in 0..<8 {
            for x in 0..<10 { #expect(box[x, y] == ((3..<7).contains(x) && (2..<5).contains(y) ? 1 : 0)) }
        }
        #expect(box.boundingBox() == PixelRect(x0: 3, y0: 2, x1: 7, y1: 5))
        #expect(box.area == 12)
        #expect(box.areaFraction == 12.0 / 80)
        #expect(box.centroid == Point(5, 3.5))
        let corners = [Point(3, 2), Point(7, 2), Point(7, 5), Point(3, 5)]
        #expect(try Mask.polygon(corners, size: box.size) == box)
        let ellipse = try Mask.ellipse(center: Point(5, 4), radii: Point(4, 2), size: box.size)
        #expect(ellipse.boundingBox(above: 0) == PixelRect(x0: 1, y0: 2, x1: 9, y1: 6))
        #expect(ellipse.flipped() == ellipse)
    }

    @Test func aStarHasAHole() throws {
        let star = (0..<5).map { i in
            Point(32 + 20 * sin(Double(i) * 4 * .pi / 5), 24 - 20 * cos(Double(i) * 4 * .pi / 5))
        }
        let mask = try Mask.polygon(star, size: Self.size)
        #expect(mask[32, 24] == 0)
        #expect(mask[32, 8] == 1)
    }

    @Test func shapesOutsideAreEmpty() throws {
        #expect(try Mask.box(Point(100, 100), Point(200, 200), size: Self.size).isEmpty)
        #expect(try Mask.ellipse(center: Point(-99, 5), radii: Point(3, 3), size: Self.size).isEmpty)
        #expect(try Mask.brush([Point(-50, -50), Point(-60, 900)], width: 9, size: Self.size).isEmpty)
        #expect(
            try Mask.box(Point(-1e6, -1e6), Point(1e6, 1e6), size: Self.size)
                == Mask.filled(1, size: Self.size))
        #expect(try Mask.filled(0, size: Self.size).boundingBox() == nil)
        #expect(try Mask.filled(0, size: Self.size).centroid == nil)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300])
    func numbersThatAreNoPlaces(bad: Double) {
        let (good, size) = (Point(1, 1), Self.size)
        let tries: [() throws -> Mask] = [
            { try .box(Point(bad, 1), good, size: size) },
            { try .polygon([good, good, Point(1, bad)], size: size) },
            { try .ellipse(center: good, radii: Point(bad, 1), size: size) },
            { try .brush([good], width: bad, size: size) },
            { try .brush([Point(bad, 1)], width: 2, size: size) },
        ]
        for attempt in tries { #expect(failure { _ = try attempt() }?.kind == .badArgument) }
        if !(bad == 1e300) {
            #expect(failure { _ = try Self.random(1).dilated(by: bad) }?.kind == .badArgument)
        }
        if !(bad == 1e300) {
            #expect(failure { _ = try Self.random(1).feathered(sigma: bad) }?.kind == .badArgument)
        }
    }

    @Test func shapesNeedEnough() {
        #expect(
            failure { _ = try Mask.polygon([Point(0, 0), Point(1, 1)], size: Self.size) }?.kind
                == .badArgument)
        #expect(failure { _ = try Mask.brush([], width: 3, size: Self.size) }?.kind == .badArgument)
        #expect(
            failure { _ = try Mask.brush([Point(0, 0)], width: 0, size: Self.size) }?.kind == .badArgument)
        let flat = Point(3, 0)
        #expect(
            failure { _ = try Mask.ellipse(center: flat, radii: flat, size: Self.size) }?.kind == .badArgument
        )
        #expect(failure { _ = try Self.random(1).eroded(by: -1) }?.kind == .badArgument)
    }

    @Test(arguments: [1, 1.5, 2, 3.7, 9, 200])
    func dilationAndErosionFollowTheirDefinition(radius: Double) throws {
        let mask = try Self.random(3).resized(to: PixelSize(width: 17, height: 13))
        let grown = try mask.dilated(by: radius)
        let shrunk = try mask.eroded(by: radius)
        for y in 0..<13 {
            for x in 0..<17 {
                var (most, least): (Float, Float) = (0, 1)
                for v in 0..<13 {
                    for u in 0..<17 where Double((u - x) * (u - x) + (v - y) * (v - y)) <= radius * radius {
                        most = max(most, mask[u, v])
                        least = min(least, mask[u, v])
                    }
                }
                #expect(grown[x, y] == most)
                #expect(abs(shrunk[x, y] - least) < 1e-6)
            }
        }
    }

    @Test func featherKeepsTheAreaAndSoftens() throws {
        let box = try Mask.box(Point(20, 14), Point(44, 34), size: Self.size)
        let soft = try box.feathered(sigma: 2)
        #expect(abs(soft.area - box.area) < 0.01)
        #expect(abs(soft[20, 24] + soft[19, 24] - 1) < 1e-4, "the edge is the middle of the ramp")
        #expect(soft[32, 24] > 0.999)
        #expect(try box.feathered(sigma: 0) == box)
        let full = try Mask.filled(1, size: Self.size).feathered(sigma: 500)
        #expect(full.values.allSatisfy { $0 > 0.9999 })
    }

    @Test func overlapIsSoftIntersectionOverUnion() throws {
        let a = try Mask.box(Point(0, 0), Point(20, 10), size: Self.size)
        let b = try Mask.box(Point(10, 0), Point(30, 10), size: Self.size)
        let none = try Mask.filled(0, size: Self.size)
        #expect(abs(try a.overlap(with: b) - 1.0 / 3) < 1e-9)
        #expect(try a.overlap(with: a) == 1)
        #expect(try none.overlap(with: none) == 0)
        #expect(a.thresholded() == a)
        #expect(
            Mask(width: 3, height: 1, values: [0.2, 0.5, 0.6]).thresholded(above: 0.5).values == [0, 0, 1])
    }
}
