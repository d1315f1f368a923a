//! A heap whose objects may know each other in any way, and a collector that frees what nobody can reach.
//!
//! Objects can be made and linked, but nothing is ever freed. Four places are yours: TODO 1 to TODO 4. You may change
//! whatever you like, as long as there is a `Heap` with all of these functions and a `Handle` that can be copied.

/// Names an object, and owns nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle {
    // TODO 4: the place of an object that has gone may be another one's. How could a handle tell the two apart?
    place: usize,
}

/// An object: a payload, and the places of the objects that it leads to.
struct Object {
    payload: Box<[u8]>,
    links: Vec<usize>,
}

/// Owns all objects.
#[derive(Default)]
pub struct Heap {
    places: Vec<Option<Object>>,
    /// Places of the roots. One that was added twice is here twice.
    roots: Vec<usize>,
}

impl Heap {
    /// A heap without objects.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes an object with a copy of the payload. It has no links, and nothing leads to it.
    pub fn allocate(&mut self, payload: &[u8]) -> Handle {
        // TODO 3: places of objects that have gone are free. How is one of them found at once?
        self.places.push(Some(Object {
            payload: payload.into(),
            links: Vec::new(),
        }));
        Handle {
            place: self.places.len() - 1,
        }
    }

    /// The payload, or `None` if the object has gone.
    pub fn get(&self, object: Handle) -> Option<&[u8]> {
        let object = self.places.get(object.place)?.as_ref()?;
        Some(&object.payload)
    }

    /// Lets one object lead to another. Does nothing if one of them has gone.
    pub fn link(&mut self, from: Handle, to: Handle) {
        if self.get(to).is_some()
            && let Some(from) = &mut self.places[from.place]
        {
            from.links.push(to.place);
        }
    }

    /// Takes one such link away, if there is one.
    pub fn unlink(&mut self, from: Handle, to: Handle) {
        if let Some(from) = &mut self.places[from.place]
            && let Some(index) = from.links.iter().position(|place| *place == to.place)
        {
            from.links.swap_remove(index);
        }
    }

    /// Makes an object a root, once more if it is one already. Does nothing if it has gone.
    pub fn add_root(&mut self, object: Handle) {
        if self.get(object).is_some() {
            self.roots.push(object.place);
        }
    }

    /// Takes back one `add_root`.
    pub fn remove_root(&mut self, object: Handle) {
        let index = self.roots.iter().position(|place| *place == object.place);
        if let Some(index) = index {
            self.roots.swap_remove(index);
        }
    }

    /// Frees every object to which no way leads from a root, and says how many these were.
    pub fn collect(&mut self) -> usize {
        // TODO 1: mark. Begin at the roots, and go along the links. How do you know that you have been somewhere, and
        // what do you remember for later? There may be more objects in a row than a stack has room for.
        // TODO 2: sweep. Go through all places. What was not reached has to go, with everything that it owns.
        0
    }

    /// How many objects there are.
    pub fn objects(&self) -> usize {
        self.places.iter().flatten().count()
    }
}
