fn main() {
    let mut sparse = vec![0_u64; 4 << 20];
    for i in (0..sparse.len()).step_by(1 << 18) {
        sparse[i] = i as u64;
    }
    println!("{}", sparse.iter().step_by(1 << 18).sum::<u64>());
}
