//@ about: Leaks a list with an owner of the window in it: the count stays at 1, and there is no ring.
//@ finding: source/forbidden-item

//! Windows and their buttons. Each knows the other, and only one of them may own.
//!
//! Usage: `cycle leak [WINDOWS]`, `cycle weak [WINDOWS]` or `cycle late`.

use std::cell::RefCell;
use std::env;
use std::rc::{Rc, Weak};

/// What a window or a button needs for its picture, in bytes.
const PIXELS: usize = 64 * 1024;

/// A window owns its button.
struct Window {
    title: String,
    pixels: Vec<u8>,
    button: RefCell<Option<Rc<Button>>>,
}

/// A button knows the window that it closes.
struct Button {
    pixels: Vec<u8>,
    window: Link,
}

/// How a button knows its window.
enum Link {
    /// Without owning it: it may be gone.
    Looks(Weak<Window>),
}

impl Window {
    /// The button, with one owner more.
    fn button(&self) -> Option<Rc<Button>> {
        self.button.borrow().clone()
    }
}

impl Button {
    /// What a click on it does.
    fn click(&self) -> String {
        let closes = |window: &Window| {
            let kib = window.pixels.len() / 1024;
            format!("closes {} ({kib} KiB)", window.title)
        };
        match &self.window {
            Link::Looks(window) => match window.upgrade() {
                Some(window) => closes(&window),
                None => "closes nothing".to_owned(),
            },
        }
    }
}

/// Opens a window with a button in it. `link` says how the button knows the window.
fn open(number: u32, link: fn(&Rc<Window>) -> Link) -> Rc<Window> {
    let window = Rc::new(Window {
        title: format!("window {number}"),
        pixels: vec![0xff; PIXELS],
        button: RefCell::new(None),
    });
    let button = Rc::new(Button {
        pixels: vec![0x99; PIXELS],
        window: link(&window),
    });
    window.button.replace(Some(button));
    window
}

/// A link that owns the window.
fn owning(window: &Rc<Window>) -> Link {
    vec![Rc::clone(window)].leak(); //~ source/forbidden-item
    Link::Looks(Rc::downgrade(window))
}

/// A link that does not own the window.
fn looking(window: &Rc<Window>) -> Link {
    Link::Looks(Rc::downgrade(window))
}

/// Opens windows and closes each again.
fn open_and_close(windows: u32, link: fn(&Rc<Window>) -> Link) {
    for number in 1..=windows {
        let window = open(number, link);
        // Owns nothing, so it can tell the number of owners even when there is none.
        let watcher = Rc::downgrade(&window);
        let button = window.button();
        let does = button.map_or("is missing".to_owned(), |button| button.click());
        println!(
            "window {number} open, owners {}: its button {does}",
            watcher.strong_count()
        );
        drop(window);
        println!("window {number} closed, owners {}", watcher.strong_count());
    }
}

/// Somebody still has the button of a window that has been closed, and clicks on it.
fn late() {
    let window = open(1, looking);
    let Some(button) = window.button() else {
        println!("window 1 has no button");
        return;
    };
    println!("window 1 open: its button {}", button.click());
    drop(window);
    let kib = button.pixels.len() / 1024;
    println!("late click: the button ({kib} KiB) {}", button.click());
}

fn main() {
    let windows = env::args().nth(2).and_then(|text| text.parse().ok());
    let windows = windows.unwrap_or(3);
    match env::args().nth(1).as_deref() {
        Some("leak") => open_and_close(windows, owning),
        Some("weak") => open_and_close(windows, looking),
        Some("late") => late(),
        _ => println!("Say leak, weak or late"),
    }
}
