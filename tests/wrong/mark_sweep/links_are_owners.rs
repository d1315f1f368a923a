//@ about: Makes the links owners, and breaks each ring when it is collected. Those that are never collected are lost with the heap.
//@ finding: leak/cycle in ring/a dropped heap leaves nothing
//@ output: right

//! A heap whose objects may know each other in any way, and a collector that frees what nobody can reach.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Names an object, and owns nothing. The place of an object that has gone may be another one's, so a handle also says
/// which of the objects in this place it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle {
    place: usize,
    generation: u64,
}

/// A place for an object, which counts how many there were in it.
#[derive(Default)]
struct Place {
    generation: u64,
    object: Option<Rc<Object>>,
}

struct Object {
    payload: Box<[u8]>,
    links: RefCell<Vec<Rc<Object>>>,
    roots: Cell<usize>,
    marked: Cell<bool>,
}

/// Owns all objects.
#[derive(Default)]
pub struct Heap {
    places: Vec<Place>,
    free: Vec<usize>,
}

impl Heap {
    /// A heap without objects.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes an object with a copy of the payload. It has no links, and nothing leads to it.
    pub fn allocate(&mut self, payload: &[u8]) -> Handle {
        let place = self.free.pop().unwrap_or_else(|| {
            self.places.push(Place::default());
            self.places.len() - 1
        });
        let object = Object {
            payload: payload.into(),
            links: RefCell::default(),
            roots: Cell::new(0),
            marked: Cell::new(false),
        };
        self.places[place].object = Some(Rc::new(object)); //~ leak/cycle
        Handle {
            place,
            generation: self.places[place].generation,
        }
    }

    /// The object itself, if it is there.
    fn object(&self, handle: Handle) -> Option<&Rc<Object>> {
        let place = self.places.get(handle.place)?;
        let is_meant = place.generation == handle.generation;
        place.object.as_ref().filter(|_| is_meant)
    }

    /// The payload, or `None` if the object has gone.
    pub fn get(&self, object: Handle) -> Option<&[u8]> {
        self.object(object).map(|object| &*object.payload)
    }

    /// Lets one object lead to another.
    pub fn link(&mut self, from: Handle, to: Handle) {
        if let (Some(from), Some(to)) = (self.object(from), self.object(to)) {
            from.links.borrow_mut().push(Rc::clone(to));
        }
    }

    /// Takes one such link away.
    pub fn unlink(&mut self, from: Handle, to: Handle) {
        if let (Some(from), Some(to)) = (self.object(from), self.object(to)) {
            let mut links = from.links.borrow_mut();
            let index = links.iter().position(|link| Rc::ptr_eq(link, to));
            if let Some(index) = index {
                links.swap_remove(index);
            }
        }
    }

    /// Makes an object a root, once more if it is one already.
    pub fn add_root(&mut self, object: Handle) {
        if let Some(object) = self.object(object) {
            object.roots.set(object.roots.get() + 1);
        }
    }

    /// Takes back one `add_root`.
    pub fn remove_root(&mut self, object: Handle) {
        if let Some(object) = self.object(object) {
            object.roots.set(object.roots.get().saturating_sub(1));
        }
    }

    /// Frees every object to which no way leads from a root, and says how many these were.
    pub fn collect(&mut self) -> usize {
        let objects = self.places.iter().filter_map(|place| place.object.as_ref());
        let roots = objects.filter(|object| object.roots.get() > 0);
        let mut pending: Vec<Rc<Object>> = roots.cloned().collect();
        while let Some(object) = pending.pop() {
            if !object.marked.replace(true) {
                pending.extend(object.links.borrow().iter().cloned());
            }
        }
        let before = self.free.len();
        for (index, place) in self.places.iter_mut().enumerate() {
            if let Some(object) = &place.object
                && !object.marked.replace(false)
            {
                // A ring of owners has to be broken first.
                object.links.take();
                place.object = None;
                place.generation += 1;
                self.free.push(index);
            }
        }
        self.free.len() - before
    }

    /// How many objects there are.
    pub fn objects(&self) -> usize {
        self.places.len() - self.free.len()
    }
}
