//! A task owns the future that owns the task. The future keeps its argument twice, as given and as moved: 40 + 24 bytes.
//= heap.cycles.len = 1
//= heap.cycles[0].blocks = 2
//= heap.cycles[0].bytes = 64
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
struct Task { fut: RefCell<Option<Pin<Box<dyn Future<Output = ()>>>>> }
struct Never;
impl Future for Never { type Output = (); fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> { Poll::Pending } }
async fn work(t: Rc<Task>) { Never.await; drop(t); }
fn main() {
    let t = Rc::new(Task { fut: RefCell::new(None) });
    *t.fut.borrow_mut() = Some(Box::pin(work(t.clone())));
    let mut cx = Context::from_waker(Waker::noop());
    let _ = t.fut.borrow_mut().as_mut().unwrap().as_mut().poll(&mut cx);
}
