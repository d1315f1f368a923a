//! The terminal of a quiz: a screen of its own, and keys as they are pressed.

use std::io::{self, Write as _};
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::terminal::{
    Clear, ClearType, DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue, style};

use crate::error::Error;
use crate::quiz::{Key, Quiz};
use crate::report::style::Style;
use crate::sandbox;

/// How often signals are looked for while nobody presses a key.
const LOOK: Duration = Duration::from_millis(200);

/// The terminal, given back as it was when this is dropped.
pub(super) struct Terminal {
    style: Style,
}

impl Terminal {
    pub(super) fn open(style: Style) -> Result<Self, Error> {
        let terminal = Self { style };
        take()?;
        Ok(terminal)
    }

    pub(super) fn draw(&self, quiz: &Quiz<'_>) -> Result<(), Error> {
        let (columns, rows) = crossterm::terminal::size().map_err(failed)?;
        let style = Style {
            width: usize::from(columns.max(20)),
            ..self.style
        };
        let screen = quiz.screen(&style);
        let lines = screen.visible(usize::from(rows));
        let draw = || -> io::Result<()> {
            let mut out = io::stdout().lock();
            for (row, line) in (0..rows).zip(lines) {
                queue!(
                    out,
                    cursor::MoveTo(0, row),
                    style::Print(line),
                    Clear(ClearType::UntilNewLine)
                )?;
            }
            out.flush()
        };
        draw().map_err(failed)
    }

    /// The next key; `None` when memgrade is told to end, or when nobody is at the terminal any more.
    #[expect(
        clippy::unused_self,
        reason = "there are keys only while the terminal is open"
    )]
    pub(super) fn key(&self) -> Result<Option<Key>, Error> {
        while !(sandbox::interrupted() || has_gone()) {
            if !event::poll(LOOK).map_err(failed)? {
                continue;
            }
            match event::read().map_err(failed)? {
                #[cfg(unix)]
                Event::Key(pressed) if puts_aside(pressed) => {
                    put_aside()?;
                    return Ok(Some(Key::PageUp));
                }
                Event::Key(pressed) => {
                    if let Some(key) = key(pressed) {
                        return Ok(Some(key));
                    }
                }
                // Something harmless that has the screen drawn again.
                Event::Resize(..) => return Ok(Some(Key::PageUp)),
                _ => {}
            }
        }
        Ok(None)
    }
}

/// A screen of its own, and keys as they are pressed.
fn take() -> Result<(), Error> {
    enable_raw_mode().map_err(failed)?;
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        Clear(ClearType::All),
        DisableLineWrap,
        cursor::Hide
    )
    .map_err(failed)
}

/// The terminal as it was.
fn give_back() {
    // If even this fails there is nobody left to tell.
    let _ = execute!(
        io::stdout(),
        cursor::Show,
        EnableLineWrap,
        LeaveAlternateScreen
    );
    let _ = disable_raw_mode();
}

/// Whether this is Ctrl-Z, of which the terminal makes no signal while keys come as they are pressed.
#[cfg(unix)]
fn puts_aside(pressed: KeyEvent) -> bool {
    pressed.code == KeyCode::Char('z') && pressed.modifiers == KeyModifiers::CONTROL
}

/// Leaves the terminal to the shell, until it says `fg`.
#[cfg(unix)]
fn put_aside() -> Result<(), Error> {
    give_back();
    // Stops here. Where no shell could continue it, the kernel does not stop it.
    let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
    take()
}

/// Whether nobody can be at the terminal any more.
#[cfg(unix)]
fn has_gone() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let input = io::stdin();
    let mut fds = [PollFd::new(&input, PollFlags::IN)];
    // A signal that comes just now is looked at elsewhere.
    let _ = poll(&mut fds, Some(&Timespec::default()));
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    fds[0].revents().intersects(gone)
}

/// The console of Windows stays as long as its programs.
#[cfg(not(unix))]
fn has_gone() -> bool {
    false
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

fn failed(source: io::Error) -> Error {
    Error::stream("the terminal", source)
}

fn key(pressed: KeyEvent) -> Option<Key> {
    if pressed.kind == KeyEventKind::Release {
        return None;
    }
    let control = pressed.modifiers.contains(KeyModifiers::CONTROL);
    let alt = pressed.modifiers.contains(KeyModifiers::ALT);
    Some(match pressed.code {
        KeyCode::Enter if alt => Key::NewLine,
        KeyCode::Enter => Key::Enter,
        KeyCode::Tab => Key::Skip,
        KeyCode::BackTab => Key::Back,
        KeyCode::Esc => Key::Quit,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Char('c' | 'd') if control => Key::Quit,
        KeyCode::Char('j') if control => Key::NewLine,
        KeyCode::Char(_) if control || alt => return None,
        KeyCode::Char(' ') => Key::Space,
        KeyCode::Char(c) => Key::Char(c),
        _ => return None,
    })
}
