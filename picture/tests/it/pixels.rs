use provision_picture::{Mark, Marks, Picture, State};
use resvg::tiny_skia::{Pixmap, PremultipliedColorU8};

use crate::examples;

/// How many points there are for each one of the layout.
const SCALE: i32 = 2;

fn pixels(picture: &Picture, marks: &Marks) -> Pixmap {
    Pixmap::decode_png(&picture.png(marks).unwrap()).unwrap()
}

fn at(pixels: &Pixmap, x: i32, y: i32) -> PremultipliedColorU8 {
    pixels.pixel(u32::try_from(x * SCALE).unwrap(), u32::try_from(y * SCALE).unwrap()).unwrap()
}

#[test]
fn pixels_show_boxes_words_and_what_failed() {
    let (_, topology) =
        examples().into_iter().find(|(name, _)| name.ends_with("kestra-high-availability.yaml")).unwrap();
    let picture = crate::picture(&topology);
    let layout = picture.layout();
    let calm = pixels(&picture, &Marks::new());
    let size = [layout.width * SCALE, layout.height * SCALE].map(|length| u32::try_from(length).unwrap());
    assert_eq!([calm.width(), calm.height()], size);
    let ground = at(&calm, 1, 1);
    assert_eq!((ground.red(), ground.alpha()), (255, 255), "it stands on white, also where the page is dark");
    // A zone's name stands in the corner of its panel: there is more than one colour.
    let zone = &layout.zones[0];
    let panel = at(&calm, zone.right() - 4, zone.y + zone.height / 2);
    let is_written = (zone.x + 12..zone.x + 60)
        .any(|x| (zone.y + 10..zone.y + 20).any(|y| at(&calm, x, y).red().abs_diff(panel.red()) > 100));
    assert!(is_written, "the words are there");
    let node = layout.elements.iter().find(|element| element.node == "worker-0").unwrap();
    let (x, y) = (node.rect.x + 15, node.rect.middle());
    let failed = Marks::from([("worker-0".to_owned(), Mark { state: State::Stopped, failed: true })]);
    let failed = pixels(&picture, &failed);
    assert!(failed.data() != calm.data() && at(&failed, x, y) != at(&calm, x, y), "it is crossed out");
}
