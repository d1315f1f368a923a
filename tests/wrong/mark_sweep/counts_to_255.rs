//@ about: Counts the objects of a place in a byte, to save room. After 256 of them an old handle is good again.
//@ finding: output/differs in stale/an old handle finds nothing

//! A heap whose objects may know each other in any way, and a collector that frees what nobody can reach.

/// Names an object, and owns nothing. The place of an object that has gone may be another one's, so a handle also says
/// which of the objects in this place it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle {
    place: usize,
    generation: u8,
}

/// A place for an object, which counts how many there were in it.
struct Place {
    generation: u8,
    object: Option<Object>,
}

struct Object {
    payload: Box<[u8]>,
    /// Places of the objects that it leads to. As long as it can be reached, so can they: none of them is out of date.
    links: Vec<usize>,
    /// How often it was made a root.
    roots: usize,
    /// Whether it was reached. Between two collections no object is marked.
    marked: bool,
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
            self.places.push(Place {
                generation: 0,
                object: None,
            });
            self.places.len() - 1
        });
        self.places[place].object = Some(Object {
            payload: payload.into(),
            links: Vec::new(),
            roots: 0,
            marked: false,
        });
        Handle {
            place,
            generation: self.places[place].generation,
        }
    }

    /// The payload, or `None` if the object has gone.
    pub fn get(&self, object: Handle) -> Option<&[u8]> {
        let place = self.places.get(object.place)?;
        let there = place.object.as_ref()?;
        (place.generation == object.generation).then_some(&*there.payload)
    }

    /// The object itself, if it is there.
    fn object(&mut self, handle: Handle) -> Option<&mut Object> {
        let place = self.places.get_mut(handle.place)?;
        let is_meant = place.generation == handle.generation;
        place.object.as_mut().filter(|_| is_meant)
    }

    /// Lets one object lead to another.
    pub fn link(&mut self, from: Handle, to: Handle) {
        if self.get(to).is_some()
            && let Some(from) = self.object(from)
        {
            from.links.push(to.place);
        }
    }

    /// Takes one such link away.
    pub fn unlink(&mut self, from: Handle, to: Handle) {
        if self.get(to).is_some()
            && let Some(from) = self.object(from)
            && let Some(index) = from.links.iter().position(|place| *place == to.place)
        {
            from.links.swap_remove(index);
        }
    }

    /// Makes an object a root, once more if it is one already.
    pub fn add_root(&mut self, object: Handle) {
        if let Some(object) = self.object(object) {
            object.roots += 1;
        }
    }

    /// Takes back one `add_root`.
    pub fn remove_root(&mut self, object: Handle) {
        if let Some(object) = self.object(object) {
            object.roots = object.roots.saturating_sub(1);
        }
    }

    /// Frees every object to which no way leads from a root, and says how many these were.
    pub fn collect(&mut self) -> usize {
        self.mark();
        self.sweep()
    }

    /// Marks what can be reached.
    fn mark(&mut self) {
        let is_root = |place: &Place| matches!(&place.object, Some(object) if object.roots > 0);
        let places = self.places.iter().enumerate();
        let roots = places.filter(|(_, place)| is_root(place));
        let mut pending: Vec<usize> = roots.map(|(index, _)| index).collect();
        while let Some(place) = pending.pop() {
            if let Some(object) = &mut self.places[place].object
                && !object.marked
            {
                object.marked = true;
                pending.extend(&object.links);
            }
        }
    }

    /// Frees what is not marked, and takes the marks away.
    fn sweep(&mut self) -> usize {
        let before = self.free.len();
        for (index, place) in self.places.iter_mut().enumerate() {
            match &mut place.object {
                Some(object) if object.marked => object.marked = false,
                Some(_) => {
                    place.object = None;
                    place.generation = place.generation.wrapping_add(1);
                    self.free.push(index);
                }
                None => {}
            }
        }
        self.free.len() - before
    }

    /// How many objects there are.
    pub fn objects(&self) -> usize {
        self.places.len() - self.free.len()
    }
}
