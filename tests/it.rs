//! memgrade from the outside: the binary, as people and scripts use it. And the house rules that no lint knows.

mod it {
    mod house;
    mod support;
}
