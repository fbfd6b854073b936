/** CSV as RFC 4180 has it. What is no text, number or truth stands there as JSON; null is nothing between two commas. */
export const csvLine = (values: readonly unknown[]): string => values.map(cellOf).join(',');

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
