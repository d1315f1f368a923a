//! Drives a heap with a collector.
//!
//! Usage: `ring`, `script STEPS`, `stale`, `mixed [STEPS]`, `deep [OBJECTS]`, `speed` or `day [ROUNDS]`.

use std::collections::BTreeMap;
use std::env;

use submission::{Handle, Heap};

/// Three objects of 64 KiB, each of which leads to the next one.
fn ring(heap: &mut Heap) -> Handle {
    let objects: Vec<Handle> = (1..=3)
        .map(|number| heap.allocate(&vec![number; 64 << 10]))
        .collect();
    for index in 0..3 {
        heap.link(objects[index], objects[(index + 1) % 3]);
    }
    heap.add_root(objects[0]);
    let whole = objects.iter().zip(1..).all(|(object, number)| {
        heap.get(*object).is_some_and(|payload| {
            payload.len() == 64 << 10 && payload.iter().all(|b| *b == number)
        })
    });
    println!(
        "made a ring: {} objects, {}",
        heap.objects(),
        if whole { "whole" } else { "not whole" }
    );
    objects[0]
}

fn rings() {
    let mut heap = Heap::new();
    let root = ring(&mut heap);
    let freed = heap.collect();
    println!("collected: {freed} freed, {} left", heap.objects());
    heap.remove_root(root);
    let freed = heap.collect();
    println!(
        "let go and collected: {freed} freed, {} left",
        heap.objects()
    );
    let freed = heap.collect();
    println!("once more: {freed} freed, {} left", heap.objects());
    ring(&mut heap);
    drop(heap);
    println!("dropped");
}

/// `+a` makes an object, `*a` makes it a root, `!a` takes that back, `a>b` links, `a|b` takes the link away, and `gc`
/// collects and says what is alive.
fn script(steps: &str) {
    let mut heap = Heap::new();
    let mut objects: BTreeMap<char, Handle> = BTreeMap::new();
    for step in steps.split_whitespace() {
        let letters: Vec<char> = step.chars().collect();
        let of = |letter: char| objects.get(&letter).copied();
        match letters[..] {
            ['+', name] => {
                let object = heap.allocate(name.to_string().as_bytes());
                objects.insert(name, object);
            }
            ['*', name] => of(name).into_iter().for_each(|it| heap.add_root(it)),
            ['!', name] => of(name).into_iter().for_each(|it| heap.remove_root(it)),
            [from, '>', to] => {
                if let (Some(from), Some(to)) = (of(from), of(to)) {
                    heap.link(from, to);
                }
            }
            [from, '|', to] => {
                if let (Some(from), Some(to)) = (of(from), of(to)) {
                    heap.unlink(from, to);
                }
            }
            _ => {
                heap.collect();
                let alive = objects
                    .iter()
                    .filter(|(name, object)| {
                        heap.get(**object) == Some(name.to_string().as_bytes())
                    })
                    .map(|(name, _)| format!(" {name}"));
                println!("alive:{}", alive.collect::<String>());
            }
        }
    }
    println!("done");
}

fn shown(heap: &Heap, object: Handle) -> String {
    heap.get(object).map_or("nothing".to_owned(), |payload| {
        String::from_utf8_lossy(payload).into_owned()
    })
}

/// Handles of objects that have gone.
fn stale() {
    let mut heap = Heap::new();
    let keeper = heap.allocate(b"the keeper");
    heap.add_root(keeper);
    let old = heap.allocate(b"the old one");
    println!("made: {}", shown(&heap, old));
    heap.collect();
    println!("collected: {}", shown(&heap, old));
    let found = (0..300).filter(|_| {
        heap.allocate(b"a passer-by");
        let found = heap.get(old).is_some();
        heap.collect();
        found
    });
    println!(
        "300 came and went: by the old handle, {} of them",
        found.count()
    );
    let new: Vec<Handle> = (0..3)
        .map(|number| heap.allocate(format!("new one {number}").as_bytes()))
        .collect();
    println!("made three: by the old handle, {}", shown(&heap, old));
    for object in &new {
        heap.link(keeper, *object);
    }
    heap.unlink(keeper, old);
    heap.collect();
    println!("unlinked by the old handle: {} left", heap.objects());
    for object in &new {
        heap.unlink(keeper, *object);
    }
    heap.add_root(old);
    heap.link(keeper, old);
    heap.link(old, keeper);
    heap.collect();
    println!(
        "linked and rooted by the old handle: {} left",
        heap.objects()
    );
    // All free places are taken now, and one of these objects is in the old one's.
    let roots: Vec<Handle> = (0..4).map(|_| heap.allocate(b"a root")).collect();
    for root in &roots {
        heap.add_root(*root);
    }
    heap.remove_root(old);
    heap.collect();
    println!("root taken back by the old handle: {} left", heap.objects());
    for root in &roots {
        let leaf = heap.allocate(b"a leaf");
        heap.link(*root, leaf);
        heap.unlink(old, leaf);
    }
    heap.collect();
    println!("unlinked from the old handle: {} left", heap.objects());
    println!("the keeper: {}", shown(&heap, keeper));
}

/// Numbers without any order, the same on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let high = usize::try_from(self.0 >> 33).unwrap_or(0);
        high % end
    }
}

/// An object as it should be.
struct Model {
    handle: Handle,
    payload: Vec<u8>,
    links: Vec<usize>,
    root: bool,
}

/// What can be reached from the roots of the model.
fn reachable(models: &BTreeMap<usize, Model>) -> Vec<usize> {
    let mut seen: Vec<usize> = Vec::new();
    let roots = models.iter().filter(|(_, model)| model.root);
    let mut pending: Vec<usize> = roots.map(|(name, _)| *name).collect();
    while let Some(name) = pending.pop() {
        if !seen.contains(&name) {
            seen.push(name);
            pending.extend(&models[&name].links);
        }
    }
    seen
}

/// Many steps without any order. No link and no root is made twice, and no handle is used that may be out of date: the
/// scripts are about these.
fn mixed(steps: usize) {
    let mut heap = Heap::new();
    let mut models: BTreeMap<usize, Model> = BTreeMap::new();
    let mut dice = Dice(9);
    for step in 1..=steps {
        let names: Vec<usize> = models.keys().copied().collect();
        if names.len() < 4 || dice.below(5) == 0 {
            let payload = vec![u8::try_from(step % 251).unwrap_or(0); step % 40];
            let handle = heap.allocate(&payload);
            let new = Model {
                handle,
                payload,
                links: Vec::new(),
                root: dice.below(6) == 0,
            };
            if new.root {
                heap.add_root(handle);
            }
            models.insert(step, new);
            continue;
        }
        let one = names[dice.below(names.len())];
        let other = names[dice.below(names.len())];
        let (from, to) = (models[&one].handle, models[&other].handle);
        let Some(model) = models.get_mut(&one) else {
            continue;
        };
        match dice.below(16) {
            0 if !model.root => {
                heap.add_root(from);
                model.root = true;
            }
            1 | 2 if model.root => {
                heap.remove_root(from);
                model.root = false;
            }
            3..=10 if !model.links.contains(&other) => {
                heap.link(from, to);
                model.links.push(other);
            }
            11..=14 => {
                if let Some(index) = model.links.iter().position(|name| *name == other) {
                    heap.unlink(from, to);
                    model.links.remove(index);
                }
            }
            15 => {
                heap.collect();
                let alive = reachable(&models);
                models.retain(|name, _| alive.contains(name));
            }
            _ => {}
        }
        let whole = models
            .values()
            .all(|model| heap.get(model.handle) == Some(&model.payload));
        if !whole || heap.objects() != models.len() {
            println!("not right at step {step}");
            return;
        }
    }
    println!("right in all of {steps} steps");
}

/// A chain of objects.
fn chain(heap: &mut Heap, objects: usize) -> Handle {
    let first = heap.allocate(b"an object number");
    heap.add_root(first);
    let mut last = first;
    for _ in 1..objects {
        let next = heap.allocate(b"an object number");
        heap.link(last, next);
        last = next;
    }
    first
}

fn deep(objects: usize) {
    let mut heap = Heap::new();
    let first = chain(&mut heap, objects);
    println!("made: {} objects", heap.objects());
    heap.collect();
    println!("collected: {} objects", heap.objects());
    heap.remove_root(first);
    heap.collect();
    println!("let go and collected: {} objects", heap.objects());
}

/// The same number of objects in all, in many small heaps' worth and in a few large ones.
fn speed() {
    for (name, objects, rounds) in [("small", 500, 100), ("large", 5000, 10)] {
        let mut heap = Heap::new();
        println!("{name}: begin");
        for _ in 0..rounds {
            let first = chain(&mut heap, objects);
            heap.collect();
            heap.remove_root(first);
            heap.collect();
        }
        println!("{name}: {} objects left", heap.objects());
    }
}

/// Each round makes objects that know each other in rings, and lets most of them go.
fn day(rounds: usize) {
    let mut heap = Heap::new();
    let mut dice = Dice(1);
    let mut kept: Option<Handle> = None;
    for round in 1..=rounds {
        let objects: Vec<Handle> = (0..300)
            .map(|number| heap.allocate(&vec![1; 64 + number % 100]))
            .collect();
        for index in 0..300 {
            let next = if index % 10 == 9 {
                index - 9
            } else {
                index + 1
            };
            heap.link(objects[index], objects[next]);
            heap.link(objects[index], objects[index - index % 10 + dice.below(10)]);
        }
        // One ring of ten is kept until the next round.
        heap.add_root(objects[0]);
        if let Some(old) = kept.replace(objects[0]) {
            heap.remove_root(old);
        }
        heap.collect();
        if round % (rounds / 10) == 0 {
            println!("{} objects made, {} left", round * 300, heap.objects());
        }
    }
    println!("done");
}

fn main() {
    let number = |default: usize| {
        let text = env::args().nth(2);
        text.and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    match env::args().nth(1).as_deref() {
        Some("ring") => rings(),
        Some("script") => script(&env::args().nth(2).unwrap_or_default()),
        Some("stale") => stale(),
        Some("mixed") => mixed(number(5000)),
        Some("deep") => deep(number(20_000)),
        Some("speed") => speed(),
        Some("day") => day(number(200)),
        _ => {}
    }
}
