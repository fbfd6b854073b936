/** Prints the items of a list command: a table, or with `--json` an object a line. */
import { tableOf } from './table.ts';
import type { Terminal } from './terminal.ts';

type List<Item> = {
  readonly items: readonly Item[];
  readonly headings: readonly string[];
  readonly rowOf: (item: Item) => readonly (string | number)[];
  readonly json: true | undefined;
};

export async function printList<Item>(terminal: Terminal, { items, headings, rowOf, json }: List<Item>): Promise<void> {
  const lines = json === true ? items.map((item) => JSON.stringify(item)) : tableOf(headings, items.map(rowOf));
  for (const line of lines) await terminal.print(line);
}
