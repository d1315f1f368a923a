fn step(cells: &[Vec<bool>]) -> Vec<Vec<bool>> {
    let size = cells.len();
    let alive = |row: usize, column: usize| usize::from(cells[row % size][column % size]);
    (0..size)
        .map(|row| {
            (0..size)
                .map(|column| {
                    let around = (0..9)
                        .filter(|n| *n != 4)
                        .map(|n| alive(row + size - 1 + n / 3, column + size - 1 + n % 3))
                        .sum::<usize>();
                    around == 3 || around == 2 && cells[row][column]
                })
                .collect()
        })
        .collect()
}

fn main() {
    let mut cells = vec![vec![false; 20]; 20];
    for (row, column) in [(1, 2), (2, 3), (3, 1), (3, 2), (3, 3)] {
        cells[row][column] = true;
    }
    for generation in 0..40 {
        cells = step(&cells);
        if generation % 10 == 9 {
            println!("generation {generation}: {}", cells.iter().flatten().filter(|c| **c).count());
        }
    }
}
