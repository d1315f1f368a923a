//@ about: Marks in a list beside the objects, breadth first; a place has the serial number of its object.

use std::collections::VecDeque;
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle {
    index: u32,
    serial: u64,
}
struct Cell {
    serial: u64,
    payload: Vec<u8>,
    links: Vec<Handle>,
    roots: u32,
}
/// Dead cells have serial 0.
#[derive(Default)]
pub struct Heap {
    serial: u64,
    cells: Vec<Cell>,
    free: VecDeque<u32>,
    alive: usize,
}
impl Heap {
    pub fn new() -> Self {
        Self::default()
    }
    fn cell(&self, h: Handle) -> Option<&Cell> {
        self.cells
            .get(h.index as usize)
            .filter(|c| c.serial == h.serial)
    }
    fn cell_mut(&mut self, h: Handle) -> Option<&mut Cell> {
        self.cells
            .get_mut(h.index as usize)
            .filter(|c| c.serial == h.serial)
    }
    pub fn allocate(&mut self, payload: &[u8]) -> Handle {
        self.serial += 1;
        self.alive += 1;
        let cell = Cell {
            serial: self.serial,
            payload: payload.to_vec(),
            links: Vec::new(),
            roots: 0,
        };
        let index = match self.free.pop_front() {
            Some(i) => {
                self.cells[i as usize] = cell;
                i
            }
            None => {
                self.cells.push(cell);
                (self.cells.len() - 1) as u32
            }
        };
        Handle {
            index,
            serial: self.serial,
        }
    }
    pub fn get(&self, object: Handle) -> Option<&[u8]> {
        self.cell(object).map(|c| c.payload.as_slice())
    }
    pub fn link(&mut self, from: Handle, to: Handle) {
        if self.cell(to).is_none() {
            return;
        }
        if let Some(c) = self.cell_mut(from) {
            c.links.push(to);
        }
    }
    pub fn unlink(&mut self, from: Handle, to: Handle) {
        if let Some(c) = self.cell_mut(from)
            && let Some(i) = c.links.iter().position(|l| *l == to)
        {
            c.links.remove(i);
        }
    }
    pub fn add_root(&mut self, o: Handle) {
        if let Some(c) = self.cell_mut(o) {
            c.roots += 1;
        }
    }
    pub fn remove_root(&mut self, o: Handle) {
        if let Some(c) = self.cell_mut(o)
            && c.roots > 0
        {
            c.roots -= 1;
        }
    }
    pub fn collect(&mut self) -> usize {
        let mut reached = vec![false; self.cells.len()];
        let mut queue = VecDeque::new();
        for (i, c) in self.cells.iter().enumerate() {
            if c.roots > 0 {
                reached[i] = true;
                queue.push_back(i);
            }
        }
        while let Some(i) = queue.pop_front() {
            for l in &self.cells[i].links {
                let to = l.index as usize;
                if !reached[to] {
                    reached[to] = true;
                    queue.push_back(to);
                }
            }
        }
        let mut freed = 0;
        for (i, c) in self.cells.iter_mut().enumerate() {
            if !reached[i] && c.serial != 0 {
                *c = Cell {
                    serial: 0,
                    payload: Vec::new(),
                    links: Vec::new(),
                    roots: 0,
                };
                self.free.push_back(i as u32);
                freed += 1;
            }
        }
        self.alive -= freed;
        freed
    }
    pub fn objects(&self) -> usize {
        self.alive
    }
}
