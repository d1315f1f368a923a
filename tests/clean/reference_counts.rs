use std::rc::Rc;

fn main() {
    let text: Rc<str> = Rc::from("shared");
    let copies: Vec<Rc<str>> = (0..100).map(|_| Rc::clone(&text)).collect();
    println!("{}", Rc::strong_count(&text));
    drop(copies);
    let owned = Rc::new(vec![1, 2, 3]);
    println!("{} {:?}", Rc::strong_count(&text), Rc::try_unwrap(owned).unwrap());
}
