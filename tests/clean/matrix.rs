use std::ops::Mul;

#[derive(Clone)]
struct Matrix {
    size: usize,
    cells: Vec<f64>,
}

impl Matrix {
    fn identity(size: usize) -> Self {
        let mut cells = vec![0.0; size * size];
        for i in 0..size {
            cells[i * size + i] = 1.0;
        }
        Self { size, cells }
    }
}

impl Mul for &Matrix {
    type Output = Matrix;

    fn mul(self, other: Self) -> Matrix {
        let n = self.size;
        let cell = |i: usize| (0..n).map(|k| self.cells[i / n * n + k] * other.cells[k * n + i % n]).sum();
        Matrix { size: n, cells: (0..n * n).map(cell).collect() }
    }
}

fn main() {
    let mut power = Matrix::identity(8);
    power.cells[1] = 2.0;
    for _ in 0..5 {
        power = &power * &power.clone();
    }
    println!("{}", power.cells[1]);
}
