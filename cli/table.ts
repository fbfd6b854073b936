/** Rows under headings, in columns as wide as they need to be. */
export function tableOf(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): readonly string[] {
  const all = [headings, ...rows].map((row) => row.map(String));
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
