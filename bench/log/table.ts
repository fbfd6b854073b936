/** Prints a table whose columns line up. */
const NAME_WIDTH = 34;
const CELL_WIDTH = 24;

/** A name that begins with a line break has an empty line above it. */
export function printHeader(name: string, ...columns: readonly string[]): void {
  console.log(name.padEnd(NAME_WIDTH + (name.startsWith('\n') ? 1 : 0)) + columns.map((column) => column.padStart(CELL_WIDTH)).join(''));
}

export function printRow(name: string, ...cells: readonly string[]): void {
  console.log(name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join(''));
}
