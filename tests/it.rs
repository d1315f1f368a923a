//! memgrade from the outside: the binary, as people and scripts use it. And the house rules that no lint knows.

#[cfg(test)]
mod it {
    #[cfg(target_os = "linux")]
    mod attacks;
    mod bad_input;
    mod browser;
    mod checking;
    mod clean;
    mod commands;
    mod form;
    mod grading;
    mod harness;
    mod house;
    #[cfg(target_os = "linux")]
    mod killed;
    mod lessons;
    mod memory_errors;
    mod meter;
    mod oracles;
    mod packing;
    #[cfg(target_os = "linux")]
    mod portable;
    mod proving;
    mod quiz;
    mod reference;
    mod scaffolding;
    mod support;
    mod toolchains;
    mod workflows;
}
