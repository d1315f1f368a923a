//! Drives a cache of pages. What is asked for here (addresses, pages, the models) is not counted as the learner's.
//!
//! Usage: `script CAPACITY STEPS`, `mixed [STEPS]`, `limits`, `pages`, `looks`, `speed`, `day [PAGES]` or
//! `year [PAGES]`.

use std::env;

use given::PageCache;
use submission::Cache;

/// A page that begins with its address and version, so that it cannot be taken for another one.
fn page(address: &str, version: usize, bytes: usize) -> Vec<u8> {
    let mut page = format!("{address}{version}").into_bytes();
    let own = page.len();
    page.resize(own.max(bytes), b'.');
    page
}

/// What is at this address, as text.
fn shown(cache: &mut Cache, address: &str) -> String {
    let page = cache.get(address);
    page.map_or("nothing".to_owned(), |page| {
        let text = String::from_utf8_lossy(page);
        text.trim_end_matches('.').to_owned()
    })
}

/// `+a` puts, `?a` looks; a line for each step, and then what is left.
fn script(capacity: usize, steps: &str) {
    let mut cache = Cache::new(capacity);
    println!("room for {capacity}");
    let mut versions = [0; 26];
    for step in steps.split_whitespace() {
        let (what, address) = step.split_at(1);
        if what == "?" {
            println!("look at {address}: {}", shown(&mut cache, address));
            continue;
        }
        let letter = address.bytes().next().unwrap_or(b'a');
        let version = &mut versions[usize::from(letter - b'a')];
        *version += 1;
        cache.put(address, &page(address, *version, 0));
        println!("put {address}{version}: {} kept", cache.pages());
    }
    let letters = ('a'..='z').map(String::from);
    let left: Vec<String> = letters
        .map(|address| shown(&mut cache, &address))
        .filter(|page| page != "nothing")
        .collect();
    println!("left: {}", left.join(" "));
}

/// What a cache should hold, newest first, by one of the rules for what counts as a use.
struct Model {
    capacity: usize,
    looks_count: bool,
    overwrites_count: bool,
    kept: Vec<(usize, usize)>,
}

impl Model {
    fn find(&self, address: usize) -> Option<usize> {
        self.kept.iter().position(|(known, _)| *known == address)
    }

    fn get(&mut self, address: usize) -> Option<usize> {
        let place = self.find(address)?;
        let entry = self.kept[place];
        if self.looks_count {
            self.kept.remove(place);
            self.kept.insert(0, entry);
        }
        Some(entry.1)
    }

    fn put(&mut self, address: usize, version: usize) {
        match self.find(address) {
            Some(place) if !self.overwrites_count => {
                self.kept[place].1 = version;
                return;
            }
            Some(place) => {
                self.kept.remove(place);
            }
            None => self.kept.truncate(self.capacity - 1),
        }
        self.kept.insert(0, (address, version));
    }

    fn remove(&mut self, address: usize) -> bool {
        let place = self.find(address);
        if let Some(place) = place {
            self.kept.remove(place);
        }
        place.is_some()
    }
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

/// Two caches at once, and many steps without any order. Which uses count is judged by the scripts: here the caches must
/// follow one rule, whichever it is.
fn mixed(steps: usize) {
    const CAPACITIES: [usize; 2] = [3, 8];
    let mut caches = CAPACITIES.map(Cache::new);
    let mut rules: Vec<[Model; 2]> = Vec::new();
    for rule in 0..4 {
        rules.push(CAPACITIES.map(|capacity| Model {
            capacity,
            looks_count: rule & 1 == 0,
            overwrites_count: rule & 2 == 0,
            kept: Vec::new(),
        }));
    }
    let mut dice = Dice(7);
    for step in 1..=steps {
        let which = dice.below(2);
        let number = dice.below(CAPACITIES[which] * 2);
        let address = format!("p{number}.");
        let cache = &mut caches[which];
        match dice.below(8) {
            0..=3 => {
                let got = cache.get(&address).map(<[u8]>::to_vec);
                rules.retain_mut(|models| {
                    let expected = models[which].get(number);
                    got == expected.map(|version| page(&address, version, version % 50))
                });
            }
            4..=6 => {
                cache.put(&address, &page(&address, step, step % 50));
                for models in &mut rules {
                    models[which].put(number, step);
                }
            }
            _ => {
                let there = cache.remove(&address);
                rules.retain_mut(|models| models[which].remove(number) == there);
            }
        }
        if rules.is_empty() {
            println!("not right at step {step}");
            return;
        }
    }
    println!("right in all of {steps} steps");
}

/// Room for one page, for none, and for very many.
fn limits() {
    let mut one = Cache::new(1);
    for number in 0..100 {
        let address = format!("page {number} ");
        one.put(&address, &page(&address, 1, 0));
        one.put(&address, &page(&address, 2, 0));
    }
    println!(
        "room for 1: {} kept, {}, {}",
        one.pages(),
        shown(&mut one, "page 98 "),
        shown(&mut one, "page 99 ")
    );
    let removed = one.remove("page 99 ");
    one.put("again ", b"again 1");
    println!(
        "removed: {removed}, {} kept, {}",
        one.pages(),
        shown(&mut one, "again ")
    );
    drop(one);

    let mut none = Cache::new(0);
    for number in 0..100 {
        let address = format!("page {number} ");
        none.put(&address, &page(&address, 1, 1024));
    }
    println!(
        "room for 0: {} kept, {}",
        none.pages(),
        shown(&mut none, "page 99 ")
    );
    drop(none);

    let mut many = Cache::new(10_000_000);
    for number in 0..3 {
        let address = format!("page {number} ");
        many.put(&address, &page(&address, 1, 0));
    }
    println!(
        "room for 10000000: {} kept, {}",
        many.pages(),
        shown(&mut many, "page 0 ")
    );
    drop(many);
    println!("done");
}

/// Large pages, then small ones, then none.
fn pages() {
    const MIB: usize = 1 << 20;
    let mut cache = Cache::new(4);
    let put = |cache: &mut Cache, number: usize, bytes: usize| {
        let address = format!("page {number:03} ");
        cache.put(&address, &page(&address, 1, bytes));
    };
    for number in 0..4 {
        put(&mut cache, number, MIB);
    }
    println!("filled: {} pages", cache.pages());
    // To show a page is no reason to copy it.
    for number in 0..4 {
        cache.get(&format!("page {number:03} "));
    }
    for number in 4..16 {
        put(&mut cache, number, MIB);
    }
    println!("passed on: {} pages", cache.pages());
    for number in 16..20 {
        put(&mut cache, number, 100);
    }
    println!("small ones: {} pages", cache.pages());
    for number in 20..24 {
        put(&mut cache, number, MIB);
    }
    println!("large again: {} pages", cache.pages());
    for number in 20..24 {
        cache.remove(&format!("page {number:03} "));
    }
    println!("removed: {} pages", cache.pages());
    for number in 24..28 {
        put(&mut cache, number, 10_000);
    }
    println!("filled once more: {} pages", cache.pages());
    drop(cache);
    println!("done");
}

/// A full cache that is only looked at.
fn looks() {
    let mut cache = Cache::new(1000);
    let addresses: Vec<String> = (0..1000).map(|n| format!("page {n:04} ")).collect();
    for address in &addresses {
        cache.put(address, &page(address, 1, 64));
    }
    println!("filled: {} pages", cache.pages());
    let (mut dice, mut found) = (Dice(11), 0);
    for look in 1..=50_000 {
        found += usize::from(cache.get(&addresses[dice.below(1000)]).is_some());
        found += usize::from(cache.get(&format!("not there {look}")).is_some());
        if look % 5000 == 0 {
            println!("{look} looks, {found} found");
        }
    }
    println!("looked");
}

/// The same steps with a small cache and with a large one.
fn speed() {
    for (name, capacity) in [("small", 100), ("large", 10_000)] {
        let mut cache = Cache::new(capacity);
        let addresses: Vec<String> = (0..capacity + 4000)
            .map(|n| format!("page {n:06} "))
            .collect();
        for address in &addresses[..capacity] {
            cache.put(address, address.as_bytes());
        }
        println!("{name}: filled");
        let mut dice = Dice(5);
        let mut found = 0;
        for newest in capacity..capacity + 4000 {
            let one_of_them = newest - 1 - dice.below(capacity / 2);
            found += usize::from(cache.get(&addresses[one_of_them]).is_some());
            found += usize::from(cache.get("not there").is_some());
            cache.put(&addresses[newest], addresses[newest].as_bytes());
        }
        println!("{name}: worked, found {found}");
    }
}

/// Pages come, are looked at, changed and removed all day long. The cache holds the same amount at every line.
fn day(pages: usize) {
    let address = |number: usize| format!("page {number:07} ");
    let bytes = |number: usize| 64 + number % 200;
    let mut cache = Cache::new(1000);
    for number in 1..=pages {
        let new = address(number);
        cache.put(&new, &page(&new, 1, bytes(number)));
        if number > 100 {
            cache.get(&address(number - 10));
            if number % 4 == 0 {
                let known = address(number - 20);
                cache.put(&known, &page(&known, 2, bytes(number - 20)));
            }
            if number % 10 == 0 {
                cache.remove(&address(number - 50));
            }
        }
        if number % (pages / 10) == 0 {
            println!("{number} pages, {} kept", cache.pages());
        }
    }
    drop(cache);
    println!("done");
}

/// So many pages come that next to nothing for each of them adds up. The cache is small, so that one which looks at all of its
/// pages has the time for that too.
fn year(pages: usize) {
    let addresses: Vec<String> = (0..4096).map(|n| format!("page {n:04} ")).collect();
    let bytes = [b'.'; 128];
    let mut cache = Cache::new(16);
    for number in 1..=pages {
        cache.put(&addresses[number % 4096], &bytes[..64 + number % 64]);
        if number % (pages / 10) == 0 {
            println!("{number} pages, {} kept", cache.pages());
        }
    }
    drop(cache);
    println!("done");
}

fn main() {
    let number = |position: usize, default: usize| {
        let text = env::args().nth(position);
        text.and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    match env::args().nth(1).as_deref() {
        Some("script") => script(number(2, 3), &env::args().nth(3).unwrap_or_default()),
        Some("mixed") => mixed(number(2, 30_000)),
        Some("limits") => limits(),
        Some("pages") => pages(),
        Some("looks") => looks(),
        Some("speed") => speed(),
        Some("day") => day(number(2, 100_000)),
        Some("year") => year(number(2, 1_000_000)),
        _ => {}
    }
}
