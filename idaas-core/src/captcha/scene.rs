//! The landscape that a piece is cut from.

use sim::Draw;

/// Width of the background, in pixels.
pub(super) const WIDTH: usize = 310;
/// Height of the background, in pixels.
pub(super) const HEIGHT: usize = 155;

/// Red, green, blue.
type Colour = [f32; 3];

/// Sky from top to bottom, the sun, three ranges of hills from far to near. All are light enough for a hole to show.
struct Palette {
    sky: (u32, u32),
    sun: u32,
    hills: [u32; 3],
}

const PALETTES: [Palette; 6] = [
    Palette { sky: (0x6f_a8_dc, 0xf6_d3_b0), sun: 0xff_f1_c9, hills: [0x9f_b8_c8, 0x7f_a0_9a, 0x6b_8f_71] },
    Palette { sky: (0x8e_7c_c3, 0xf9_b4_8f), sun: 0xff_e0_a3, hills: [0xb0_8f_b5, 0x96_78_a0, 0x7d_6b_91] },
    Palette { sky: (0x76_c7_c0, 0xf2_ee_cb), sun: 0xff_ff_f0, hills: [0x93_c4_a8, 0x7f_b0_8a, 0x6f_9a_6d] },
    Palette { sky: (0xf2_a6_a0, 0xfc_e3_c5), sun: 0xff_d9_6b, hills: [0xd9_a0_8b, 0xb8_88_7c, 0x96_75_72] },
    Palette { sky: (0x7a_9e_d9, 0xd7_e6_f5), sun: 0xff_fb_e0, hills: [0xa9_c0_dc, 0x8a_a8_c6, 0x70_8f_ad] },
    Palette { sky: (0xb5_c9_6a, 0xf8_f2_b8), sun: 0xff_d6_7a, hills: [0xb8_bf_70, 0x9c_a6_5c, 0x82_8f_58] },
];

fn colour(rgb: u32) -> Colour {
    [(rgb >> 16 & 0xff) as f32, (rgb >> 8 & 0xff) as f32, (rgb & 0xff) as f32]
}

fn mix(from: Colour, to: Colour, share: f32) -> Colour {
    std::array::from_fn(|i| from[i] + (to[i] - from[i]) * share)
}

/// The distance of two points. Not `hypot`, whose last digit differs between machines.
pub(super) fn distance(dx: f32, dy: f32) -> f32 {
    (dx * dx + dy * dy).sqrt()
}

/// A round spot: the sun, or a bubble of light in front of everything.
struct Spot {
    centre: (f32, f32),
    radius: f32,
    colour: Colour,
    strength: f32,
}

impl Spot {
    /// How much of the spot lies on a point: all of it inside, none outside, a pixel between.
    fn share(&self, x: f32, y: f32) -> f32 {
        (self.radius - distance(x - self.centre.0, y - self.centre.1) + 0.5).clamp(0.0, 1.0) * self.strength
    }
}

fn between(draw: &mut Draw, from: u64, to: u64) -> f32 {
    (from + draw.below(to - from)) as f32
}

/// A wave of length 1 between -1 and 1. It takes the place of a sine, whose last digit differs between machines.
fn wave(at: f32) -> f32 {
    let rise = (at.fract() * 2.0 - 1.0).abs();
    rise * rise * (3.0 - 2.0 * rise) * 2.0 - 1.0
}

/// The upper edge of a range of hills in each column: three waves of random length and phase.
fn skyline(draw: &mut Draw, height: f32, swing: f32) -> Vec<f32> {
    let mut waves = [(0.0, 0.0, 0.0); 3];
    for (n, wave) in waves.iter_mut().enumerate() {
        *wave = (between(draw, 60, 140) / (n + 1) as f32, between(draw, 0, 100) / 100.0, swing / (n + 1) as f32);
    }
    let at = |x: usize| waves.iter().map(|(length, phase, swing)| wave(x as f32 / length + phase) * swing).sum::<f32>();
    (0..WIDTH).map(|x| height + at(x)).collect()
}

/// A source of grain: cheap, and the same on every machine.
struct Grain(u64);

impl Grain {
    /// The next step, between -2 and 2.
    fn step(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 32) % 5) as f32 - 2.0
    }
}

/// Paints a landscape: three bytes a pixel, row by row.
pub(super) fn paint(draw: &mut Draw) -> Vec<u8> {
    let palette = &PALETTES[draw.below(PALETTES.len() as u64) as usize];
    let sky = (colour(palette.sky.0), colour(palette.sky.1));
    let sun = Spot {
        centre: (between(draw, 20, 290), between(draw, 20, 70)),
        radius: between(draw, 14, 26),
        colour: colour(palette.sun),
        strength: 0.9,
    };
    let hills: Vec<_> = palette
        .hills
        .iter()
        .enumerate()
        .map(|(n, hill)| (skyline(draw, 72.0 + 26.0 * n as f32, 9.0), colour(*hill)))
        .collect();
    let bubbles: Vec<_> = (0..9)
        .map(|_| Spot {
            centre: (between(draw, 0, 310), between(draw, 0, 155)),
            radius: between(draw, 5, 17),
            colour: [255.0; 3],
            strength: between(draw, 8, 22) / 100.0,
        })
        .collect();
    let mut grain = Grain(draw.below(u64::MAX) | 1);

    let mut pixels = Vec::with_capacity(WIDTH * HEIGHT * 3);
    for y in 0..HEIGHT {
        let fy = y as f32 + 0.5;
        let air = mix(sky.0, sky.1, fy / HEIGHT as f32);
        let bubbles: Vec<_> =
            bubbles.iter().filter(|bubble| (fy - bubble.centre.1).abs() <= bubble.radius + 1.0).collect();
        for x in 0..WIDTH {
            let fx = x as f32 + 0.5;
            let mut here = mix(air, sun.colour, sun.share(fx, fy));
            for (edge, hill) in &hills {
                let depth = fy - edge[x];
                if depth > -1.0 {
                    // A hill grows lighter towards its foot, as if mist lay there.
                    let misty = mix(*hill, [235.0; 3], (depth / 160.0).clamp(0.0, 0.3));
                    here = mix(here, misty, (depth + 1.0).min(1.0));
                }
            }
            for bubble in bubbles.iter().filter(|bubble| (fx - bubble.centre.0).abs() <= bubble.radius + 1.0) {
                here = mix(here, bubble.colour, bubble.share(fx, fy));
            }
            let grain = grain.step();
            pixels.extend(here.map(|channel| (channel + grain).clamp(0.0, 255.0) as u8));
        }
    }
    pixels
}
