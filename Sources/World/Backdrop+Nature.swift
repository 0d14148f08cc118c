import Glibc

// Backgrounds in the open.
extension Backdrop {
    static func beach(_ dice: inout Dice) -> Backdrop {
        let sky = sky(&dice, clouds: true)
        let (horizon, shore) = (dice.uniform(0.28, 0.36), dice.uniform(0.42, 0.48))
        let sea = dice.near(rgb(28, 112, 160), 0.03)
        let (light, dark) = (dice.near(rgb(232, 208, 160), 0.02), dice.near(rgb(196, 164, 112), 0.02))
        let (waves, grains) = (ValueNoise(&dice), ValueNoise(&dice))
        let (bend, shift) = (dice.uniform(2, 6), dice.uniform(0, 6))
        return Backdrop { x, y in
            if y < horizon { return sky(x, y) }
            let edge = shore + 0.018 * sin(x * bend + shift) + 0.01 * waves.at(x * 9, 3)
            if y < edge {
                let far = (edge - y) / (edge - horizon)
                let wave = waves.fractal(x * (6 + 22 * far), (y - horizon) * 150, octaves: 4, persistence: 0.7)
                let color = blend(blend(sea, rgb(120, 190, 200), 1 - far * 1.3), rgb(240, 248, 250), ramp(0.6, 0.8, wave) * 0.5)
                return blend(color, rgb(250, 252, 252), ramp(0.012, 0.002, edge - y))
            }
            let (u, v, depth) = ground(x, y, horizon: horizon)
            let grain = grains.fractal(u * 9, v * 9, octaves: 5, persistence: 0.65)
            let sand = blend(light, dark, 0.5 + (grain - 0.5) * 2.2 * detail(depth))
            // Wet sand by the water is darker.
            return blend(sand * 0.78, sand, ramp(0, 0.05, y - edge))
        }
    }

    static func snow(_ dice: inout Dice) -> Backdrop {
        let (high, low) = (dice.near(rgb(132, 160, 196), 0.04), dice.near(rgb(222, 230, 240), 0.02))
        let horizon = dice.uniform(0.34, 0.44)
        let (ridge, surface) = (ValueNoise(&dice), ValueNoise(&dice))
        let pines = dice.uniform(0.04, 0.1)
        let dots = (0..<dice.integer(24...60)).map { _ in
            Dot(x: dice.uniform(0, 1), y: dice.uniform(0, 1), radius: dice.uniform(0.003, 0.008), color: rgb(255, 255, 255), strength: 0.85)
        }
        return Backdrop(dots: dots) { x, y in
            let hill = horizon + 0.05 * (ridge.fractal(x * 3, 1, octaves: 3) - 0.5)
            // A row of firs before the sky: narrow tips of uneven height.
            let position = x * 26 + ridge.at(x * 5, 9)
            let tip = abs(position - position.rounded()) * 2
            let height = pines * (0.45 + 0.75 * ridge.at(position.rounded() * 1.7, 5))
            if y < hill {
                if y > hill - height * (1 - tip) {
                    return blend(rgb(44, 62, 62), rgb(206, 216, 224), ridge.fractal(x * 60, y * 60, octaves: 2) * 0.5)
                }
                return blend(high, low, y / horizon)
            }
            let (u, v, depth) = ground(x, y, horizon: horizon)
            let wave = surface.fractal(u * 1.1, v * 1.6, octaves: 4)
            return blend(rgb(252, 253, 255), rgb(178, 198, 226), ramp(0.35, 0.8, wave) * (0.35 + 0.65 * detail(depth)))
        }
    }

    static func grass(_ dice: inout Dice) -> Backdrop {
        let sky = sky(&dice, clouds: true)
        let horizon = dice.uniform(0.3, 0.42)
        let (dark, light) = (dice.near(rgb(46, 98, 32), 0.03), dice.near(rgb(140, 184, 74), 0.03))
        let (blades, trees) = (ValueNoise(&dice), ValueNoise(&dice))
        let wood = dice.uniform(0.03, 0.09)
        return Backdrop { x, y in
            let top = horizon - wood * (0.4 + trees.fractal(x * 7, 2, octaves: 3))
            if y < top { return sky(x, y) }
            if y < horizon {
                let leaf = trees.fractal(x * 30, y * 40, octaves: 3)
                return blend(rgb(38, 72, 42), rgb(92, 128, 74), leaf)
            }
            let (u, v, depth) = ground(x, y, horizon: horizon)
            let patches = blades.fractal(u * 2, v * 2, octaves: 3)
            // Blades stand upright: the pattern is finer sideways than up and down.
            let blade = blades.fractal(x * 90 / (0.6 + depth * 0.35), y * 26, octaves: 3, persistence: 0.7)
            let mixed = 0.45 + (patches - 0.5) * 0.9 + (blade - 0.5) * 1.5 * detail(depth)
            return blend(blend(dark, light, mixed), rgb(128, 168, 104), 1 - detail(depth * 0.8))
        }
    }

    static func forest(_ dice: inout Dice) -> Backdrop {
        let (leaves, floor) = (ValueNoise(&dice), ValueNoise(&dice))
        let light = dice.near(rgb(112, 152, 72), 0.04)
        let horizon = dice.uniform(0.42, 0.5)
        let trunks = (0..<dice.integer(5...9)).map { _ -> (x: Float, half: Float, foot: Float, color: RGB) in
            let near = dice.uniform(0, 1)
            return (
                dice.uniform(0, 1), 0.012 + 0.026 * near, horizon + 0.05 * near,
                blend(rgb(72, 74, 58), dice.near(rgb(86, 64, 46), 0.02), near)
            )
        }.sorted { $0.foot < $1.foot }
        return Backdrop { x, y in
            var color: RGB
            if y < horizon {
                let leaf = leaves.fractal(x * 14, y * 14, octaves: 5, persistence: 0.7)
                color = blend(rgb(18, 40, 20), light, ramp(0.34, 0.72, leaf))
                color = blend(color, rgb(226, 238, 190), ramp(0.66, 0.78, leaves.fractal(x * 6 + 20, y * 6, octaves: 3)) * 0.7)
            } else {
                let (u, v, depth) = ground(x, y, horizon: horizon - 0.06)
                let litter = floor.fractal(u * 7, v * 7, octaves: 5, persistence: 0.7)
                let moss = ramp(0.45, 0.65, floor.fractal(u * 1.4, v * 1.4, octaves: 3))
                let shade = 0.5 + (litter - 0.5) * 2.4 * detail(depth)
                color = blend(blend(rgb(58, 42, 24), rgb(150, 116, 72), shade), blend(rgb(40, 60, 24), rgb(104, 130, 58), shade), moss)
            }
            for trunk in trunks where abs(x - trunk.x) < trunk.half && y < trunk.foot {
                let across = (x - trunk.x) / trunk.half
                let bark = leaves.fractal(x * 70, y * 12, octaves: 3, persistence: 0.7)
                color = trunk.color * (0.55 + 0.6 * (1 - across * across).squareRoot()) * (0.7 + 0.6 * bark)
            }
            return color
        }
    }

    static func desert(_ dice: inout Dice) -> Backdrop {
        let (high, low) = (dice.near(rgb(104, 168, 228), 0.03), dice.near(rgb(246, 228, 196), 0.02))
        let sand = dice.near(rgb(226, 168, 98), 0.025)
        let dunes = (0..<3).map { layer in
            (0.36 + 0.065 * Float(layer), dice.uniform(2.5, 6), dice.uniform(0, 6), dice.uniform(0.015, 0.035))
        }
        let noise = ValueNoise(&dice)
        return Backdrop { x, y in
            var (color, layer) = (blend(high, low, y * 2.4), -1)
            for (index, (place, bend, shift, height)) in dunes.enumerated() where y > place + height * sin(x * bend + shift) {
                layer = index
            }
            guard layer >= 0 else { return color }
            let (place, bend, shift, height) = dunes[layer]
            let crest = place + height * sin(x * bend + shift)
            // The side away from the sun is darker: the slope of the crest tells which it is.
            let slope = cos(x * bend + shift)
            let (u, v, depth) = ground(x, y, horizon: 0.3)
            let warp = noise.fractal(u * 0.8, v * 0.8, octaves: 2) * 5
            let ripple = 0.5 + 0.5 * sin((v * 15 + u * 3 + warp * 2))
            let shade =
                0.86 + 0.1 * slope * ramp(0.2, 0, y - crest) + 0.1 * (ripple - 0.5) * detail(depth) * 2
                + 0.12 * (noise.fractal(u * 14, v * 14, octaves: 3) - 0.5) * detail(depth)
            color = blend(sand, rgb(240, 204, 148), 0.45 - 0.2 * Float(layer)) * shade
            return color
        }
    }

    static func water(_ dice: inout Dice) -> Backdrop {
        let (top, bottom) = (dice.near(rgb(72, 178, 206), 0.03), dice.near(rgb(8, 58, 108), 0.02))
        let (caustics, floor) = (ValueNoise(&dice), ValueNoise(&dice))
        let (lean, shift) = (dice.uniform(-0.5, 0.5), dice.uniform(0, 20))
        var dots: [Dot] = []
        for _ in 0..<dice.integer(8...20) {
            let (x, y, radius) = (dice.uniform(0, 1), dice.uniform(0, 0.8), dice.uniform(0.006, 0.018))
            dots.append(Dot(x: x, y: y, radius: radius, color: rgb(205, 238, 250), strength: 0.7, isRing: true))
            dots.append(Dot(x: x - radius * 0.35, y: y - radius * 0.35, radius: radius * 0.25, color: rgb(250, 254, 255), strength: 0.9))
        }
        let ground = dice.uniform(0.6, 0.72)
        return Backdrop(dots: dots) { x, y in
            var color = blend(top, bottom, y * 1.05)
            let shaft = ramp(0.5, 0.75, caustics.fractal((x + lean * y) * 7 + shift, 1.5, octaves: 3))
            color = blend(color, rgb(190, 236, 244), shaft * 0.4 * max(0, 1 - y * 1.3))
            let bed = ground + 0.03 * (floor.fractal(x * 3, 2, octaves: 3) - 0.5)
            if y > bed {
                let (u, v, depth) = Self.ground(x, y, horizon: ground - 0.12)
                let grain = floor.fractal(u * 6, v * 6, octaves: 4, persistence: 0.65)
                let net = 1 - min(abs(caustics.fractal(u * 2.4, v * 2.4, octaves: 2) - 0.5) * 9, 1)
                let sand = blend(rgb(84, 128, 138), rgb(146, 172, 158), 0.5 + (grain - 0.5) * 1.6 * detail(depth))
                color = blend(color, sand + RGB(repeating: net * 0.14 * detail(depth)), ramp(0, 0.1, y - bed) * 0.85)
            }
            return color
        }
    }

    static func night(_ dice: inout Dice) -> Backdrop {
        let (high, low) = (dice.near(rgb(6, 10, 34), 0.01), dice.near(rgb(48, 54, 104), 0.03))
        let (hills, floor) = (ValueNoise(&dice), ValueNoise(&dice))
        let horizon = dice.uniform(0.42, 0.48)
        let (mx, my, mr) = (dice.uniform(0.1, 0.9), dice.uniform(0.07, 0.2), dice.uniform(0.03, 0.06))
        var dots = (0..<dice.integer(50...110)).map { _ -> Dot in
            let bright = dice.uniform(0.4, 1)
            return Dot(
                x: dice.uniform(0, 1), y: dice.uniform(0, 0.36), radius: dice.uniform(0.001, 0.0028), color: rgb(255, 250, 235),
                strength: bright)
        }
        dots.append(Dot(x: mx, y: my, radius: mr, color: rgb(250, 245, 218)))
        for _ in 0..<3 {
            dots.append(
                Dot(
                    x: mx + dice.uniform(-0.5, 0.5) * mr, y: my + dice.uniform(-0.5, 0.5) * mr, radius: mr * dice.uniform(0.12, 0.28),
                    color: rgb(222, 214, 186), strength: 0.6))
        }
        return Backdrop(dots: dots) { x, y in
            let hill = horizon - 0.07 * hills.fractal(x * 4, 1, octaves: 4)
            if y < hill {
                let distance = ((x - mx) * (x - mx) + (y - my) * (y - my)).squareRoot()
                return blend(high, low, y * 1.9) + rgb(90, 90, 100) * ramp(0.3, mr, distance) * 0.45
            }
            if y < horizon { return rgb(12, 15, 26) }
            let (u, v, depth) = ground(x, y, horizon: horizon - 0.04)
            let grain = floor.fractal(u * 6, v * 6, octaves: 4, persistence: 0.65)
            return blend(rgb(22, 28, 38), rgb(58, 66, 80), 0.45 + (grain - 0.5) * 1.4 * detail(depth))
        }
    }

    static func sunset(_ dice: inout Dice) -> Backdrop {
        let (high, middle) = (dice.near(rgb(74, 44, 116), 0.03), dice.near(rgb(240, 112, 66), 0.03))
        let (clouds, floor) = (ValueNoise(&dice), ValueNoise(&dice))
        let horizon = dice.uniform(0.44, 0.5)
        let (sx, sr) = (dice.uniform(0.15, 0.85), dice.uniform(0.045, 0.075))
        let sy = horizon - dice.uniform(0.0, 0.08)
        return Backdrop { x, y in
            let distance = ((x - sx) * (x - sx) + (y - sy) * (y - sy)).squareRoot()
            if y < horizon {
                let t = y / horizon
                var color = t < 0.6 ? blend(high, middle, t / 0.6) : blend(middle, rgb(255, 206, 116), (t - 0.6) / 0.4)
                color = blend(color, rgb(96, 46, 86), ramp(0.54, 0.7, clouds.fractal(x * 3, y * 16, octaves: 4)) * 0.65)
                color += rgb(255, 200, 110) * ramp(0.35, sr, distance) * 0.3
                return blend(color, rgb(255, 244, 190), ramp(sr + 0.006, sr - 0.006, distance))
            }
            let (u, v, depth) = ground(x, y, horizon: horizon - 0.02)
            let grain = floor.fractal(u * 4, v * 7, octaves: 4, persistence: 0.65)
            let color = blend(rgb(50, 32, 52), rgb(142, 82, 74), 0.42 + (grain - 0.5) * 1.7 * detail(depth))
            // The last light lies on the ground below the sun.
            return color + rgb(230, 130, 60) * ramp(0.3, 0, abs(x - sx)) * ramp(0.5, 0, y - horizon) * 0.35
        }
    }
}
