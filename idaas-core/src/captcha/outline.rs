//! The outline of a jigsaw piece, as a distance to it from anywhere.

use sim::Draw;

use super::scene::distance;

/// Width of the piece's picture, in pixels.
pub(super) const WIDTH: usize = 47;
/// Height of the piece's picture: that of the whole background, so that a person drags it sideways only.
pub(super) const HEIGHT: usize = super::scene::HEIGHT;

/// Half the side of the piece's square body.
const HALF: f32 = 15.0;
/// Radius of knobs and notches.
const KNOB: f32 = 6.5;
/// How far the centre of a knob lies outside the body, and that of a notch inside.
const REACH: f32 = 2.5;
/// Pixels between the upper edge of the background and the first place for a piece.
const MARGIN: u64 = 6;
/// Pixels from the top of a piece, knobs included, to its bottom.
const TALL: u64 = 50;

/// One side of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Knob,
    Notch,
}

/// The outline of one piece, at its place in the piece's picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline {
    centre: (f32, f32),
    right: Side,
    top: Side,
}

impl Outline {
    /// An outline at some height. The left side is the opposite of the right one, the bottom that of the top, as in
    /// a real jigsaw.
    pub(super) fn draw(draw: &mut Draw) -> Self {
        let mut side = || if draw.below(2) == 0 { Side::Knob } else { Side::Notch };
        let (right, top) = (side(), side());
        let lean = if right == Side::Knob { -4.0 } else { 4.0 };
        let room = HEIGHT as u64 - TALL - 2 * MARGIN;
        let y = (MARGIN + draw.below(room)) as f32 + TALL as f32 / 2.0;
        Self { centre: (WIDTH as f32 / 2.0 + lean, y), right, top }
    }

    /// How far a point lies outside the outline, in pixels; negative inside.
    pub(super) fn distance(&self, x: f32, y: f32) -> f32 {
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        let (ax, ay) = (dx.abs() - HALF, dy.abs() - HALF);
        let body = distance(ax.max(0.0), ay.max(0.0)) + ax.max(ay).min(0.0);
        let (knob_x, notch_x) = if self.right == Side::Knob { (1.0, -1.0) } else { (-1.0, 1.0) };
        let (knob_y, notch_y) = if self.top == Side::Knob { (-1.0, 1.0) } else { (1.0, -1.0) };
        let circle = |cx: f32, cy: f32| distance(dx - cx, dy - cy) - KNOB;
        let knobs = circle(knob_x * (HALF + REACH), 0.0).min(circle(0.0, knob_y * (HALF + REACH)));
        let notches = circle(notch_x * (HALF - REACH), 0.0).min(circle(0.0, notch_y * (HALF - REACH)));
        body.min(knobs).max(-notches)
    }

    /// The rows that the piece touches, a pixel of outline included.
    pub(super) fn rows(&self) -> std::ops::Range<usize> {
        let reach = TALL as f32 / 2.0 + 1.0;
        let from = (self.centre.1 - reach).max(0.0) as usize;
        from..((self.centre.1 + reach) as usize + 1).min(HEIGHT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::Seed;

    #[test]
    fn every_piece_lies_whole_within_its_picture() {
        for n in 0..200u32 {
            let outline = Outline::draw(&mut Seed::new(7).identity("outline", &[&n.to_string()]));
            let rows = outline.rows();
            for y in 0..HEIGHT {
                for x in 0..WIDTH {
                    let inside = outline.distance(x as f32 + 0.5, y as f32 + 0.5) < 0.5;
                    let border = x == 0 || y == 0 || x == WIDTH - 1 || y == HEIGHT - 1 || !rows.contains(&y);
                    assert!(!(inside && border), "piece {n} touches ({x}, {y})");
                }
            }
        }
    }
}
