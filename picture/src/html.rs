//! The picture as a page of its own.

use crate::layout::Layout;
use crate::marks::Marks;
use crate::scene::Scene;
use crate::svg;
use crate::xml::escape;

const STYLE: &str = "body{margin:0;background:#fff;font:16px/1.5 system-ui,sans-serif;color:#1d2733}\
main{padding:1rem}h1{font-size:1.25rem;margin:0 0 .5rem}div{overflow-x:auto}svg{display:block;margin:0 auto;min-width:44rem}\
@media(prefers-color-scheme:dark){body{background:#12171d;color:#e3e9ef}}";

pub(crate) fn written(scene: &Scene, layout: &Layout, marks: &Marks) -> String {
    let mut title = String::new();
    escape(&format!("{}: {}", scene.name, scene.title), &mut title);
    let svg = svg::written(scene, layout, marks);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <div tabindex=\"0\" role=\"region\" aria-label=\"The picture\">\n{svg}</div>\n</main>\n</body>\n</html>\n"
    )
}
