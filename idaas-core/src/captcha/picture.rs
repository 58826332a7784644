//! Draws a slider picture: a background with a hole, and the piece that fits it.

use png::{BitDepth, ColorType, Compression, Encoder, Filter};
use sim::Draw;

use super::outline::{self, Outline};
use super::scene;

/// Leftmost place of a hole: beyond the piece's own start, so that there is always something to drag.
const FIRST_X: u64 = 100;
/// Places of a hole, from the leftmost on.
const PLACES: u64 = (scene::WIDTH - outline::WIDTH) as u64 - FIRST_X;

/// A slider picture, and its solution.
#[derive(Debug)]
pub(super) struct Picture {
    /// The background with the hole: a PNG of 310 × 155 pixels.
    pub(super) background: Vec<u8>,
    /// The piece at its height: a PNG of 47 × 155 pixels, transparent around the piece.
    pub(super) piece: Vec<u8>,
    /// Where the left edge of the piece's picture must be dragged to, in pixels.
    pub(super) x: u32,
}

/// Draws a picture; the same draw gives the same bytes.
pub(super) fn draw(draw: &mut Draw) -> Picture {
    let x = (FIRST_X + draw.below(PLACES)) as usize;
    let outline = Outline::draw(draw);
    let mut background = scene::paint(draw);
    let piece = cut(&mut background, &outline, x);
    Picture {
        background: encode(scene::WIDTH, scene::HEIGHT, ColorType::Rgb, &background),
        piece: encode(outline::WIDTH, outline::HEIGHT, ColorType::Rgba, &piece),
        x: x as u32,
    }
}

fn towards(channel: u8, to: f32, share: f32) -> u8 {
    let channel = f32::from(channel);
    (channel + (to - channel) * share) as u8
}

/// Cuts the piece out: gives its pixels, four bytes each, and leaves a hole.
fn cut(background: &mut [u8], outline: &Outline, at: usize) -> Vec<u8> {
    let mut piece = vec![0; outline::WIDTH * outline::HEIGHT * 4];
    for y in outline.rows() {
        for x in 0..outline::WIDTH {
            let distance = outline.distance(x as f32 + 0.5, y as f32 + 0.5);
            let inside = (0.5 - distance).clamp(0.0, 1.0);
            if inside == 0.0 {
                continue;
            }
            // How near the edge a point inside is: 1 on it, 0 from two pixels on.
            let edge = (1.0 + distance / 2.0).clamp(0.0, 1.0);
            let from = (y * scene::WIDTH + at + x) * 3;
            let to = (y * outline::WIDTH + x) * 4;
            for channel in 0..3 {
                let pixel = &mut background[from + channel];
                piece[to + channel] = towards(*pixel, 255.0, 0.55 * edge);
                // The hole is in shade, deepest along its edge.
                *pixel = towards(*pixel, 0.0, (0.48 + 0.2 * edge) * inside);
            }
            piece[to + 3] = (inside * 255.0) as u8;
        }
    }
    piece
}

fn encode(width: usize, height: usize, colour: ColorType, pixels: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(pixels.len() / 2);
    let mut encoder = Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(colour);
    encoder.set_depth(BitDepth::Eight);
    // A picture is looked at once: time counts more than size.
    encoder.set_compression(Compression::Fast);
    encoder.set_filter(Filter::Up);
    let mut writer = encoder.write_header().expect("the size is fixed and memory takes every byte");
    writer.write_image_data(pixels).expect("there are as many pixels as the size says");
    writer.finish().expect("memory takes every byte");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::Seed;

    struct Decoded {
        width: usize,
        height: usize,
        channels: usize,
        pixels: Vec<u8>,
    }

    impl Decoded {
        fn of(png: &[u8]) -> Self {
            let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut pixels).unwrap();
            let channels = info.color_type.samples();
            Self { width: info.width as usize, height: info.height as usize, channels, pixels }
        }

        fn at(&self, x: usize, y: usize) -> &[u8] {
            &self.pixels[(y * self.width + x) * self.channels..][..self.channels]
        }

        fn light(&self, x: usize, y: usize) -> i64 {
            self.at(x, y)[..3].iter().map(|c| i64::from(*c)).sum()
        }

        fn opaque(&self, x: usize, y: usize) -> bool {
            self.at(x, y)[3] > 127
        }
    }

    /// Finds the hole as a person does: the place where the background is darker along the inside of the piece's
    /// outline than along its outside. It looks at the two pictures and nothing else.
    fn solve(background: &[u8], piece: &[u8]) -> u32 {
        let (background, piece) = (Decoded::of(background), Decoded::of(piece));
        assert_eq!((background.width, background.height, background.channels), (310, 155, 3));
        assert_eq!((piece.width, piece.height, piece.channels), (47, 155, 4));
        let mut edges = Vec::new();
        for y in 0..piece.height {
            for x in 2..piece.width - 2 {
                match (piece.opaque(x - 1, y), piece.opaque(x, y)) {
                    (false, true) => edges.push((x - 2, x + 1, y)),
                    (true, false) => edges.push((x + 1, x - 2, y)),
                    _ => {}
                }
            }
        }
        let contrast = |at: usize| -> i64 {
            edges.iter().map(|(out, inn, y)| background.light(at + out, *y) - background.light(at + inn, *y)).sum()
        };
        (0..=background.width - piece.width).max_by_key(|at| contrast(*at)).unwrap() as u32
    }

    #[test]
    fn the_answer_can_be_found_by_looking_at_the_two_pictures() {
        for n in 0..100u32 {
            let picture = draw(&mut Seed::new(7).identity("captcha", &[&n.to_string()]));
            let found = solve(&picture.background, &picture.piece);
            assert!(found.abs_diff(picture.x) <= 2, "picture {n}: {found} found, {} true", picture.x);
            assert!((100..263).contains(&picture.x), "{}", picture.x);
        }
    }

    #[test]
    fn the_same_draw_gives_the_same_picture() {
        let one = draw(&mut Seed::new(7).identity("captcha", &["a"]));
        let two = draw(&mut Seed::new(7).identity("captcha", &["a"]));
        let other = draw(&mut Seed::new(7).identity("captcha", &["b"]));
        assert_eq!((one.x, &one.background, &one.piece), (two.x, &two.background, &two.piece));
        assert_ne!(one.background, other.background);
    }

    #[test]
    fn a_picture_is_small_enough_to_keep_in_a_journal() {
        let picture = draw(&mut Seed::new(7).identity("captcha", &["a"]));
        assert!(picture.background.len() < 100_000, "{}", picture.background.len());
        assert!(picture.piece.len() < 12_000, "{}", picture.piece.len());
    }
}
