/** Prints a Markdown table. */
export function printHeader(title: string, ...columns: readonly string[]): void {
  console.log(`\n| ${[title, ...columns].join(' | ')} |\n|${' --- |'.repeat(columns.length + 1)}`);
}

export function printRow(...cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}
