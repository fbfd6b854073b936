/** The rows of a CSV file, by the names of its columns, with the numbers of their lines: as spreadsheets and other systems write it. */
import { createReadStream } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import { CliFailure, EXIT } from '../failure.ts';

const ROW_CHARACTERS_MAX = 16_384;

/** `cells`: by the column's name here. `line`: of its end, from 1. */
export type CsvRow<Column extends string> = { readonly line: number; readonly cells: Readonly<Partial<Record<Column, string>>> };

export type CsvColumns<Column extends string> = {
  /** How files name each column, in lower case. */
  readonly names: Readonly<Record<Column, readonly string[]>>;
  /** The columns of a file without a header, from the left; absent: it must have one. */
  readonly withoutHeader?: readonly Column[];
};

/**
 * The header is known by its names, in whatever order. A byte order mark, empty lines and spaces around a cell mean nothing, and lines
 * end as they like. Throws `CliFailure`.
 */
export async function* csvRows<Column extends string>(file: string, columns: CsvColumns<Column>): AsyncGenerator<CsvRow<Column>, void> {
  const stream = createReadStream(file);
  const parser = stream.pipe(
    parse({
      bom: true,
      info: true,
      trim: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: ROW_CHARACTERS_MAX,
    }),
  );
  stream.on('error', (error) => parser.destroy(error));
  let places: Places<Column> | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ readonly record: readonly string[]; readonly info: { readonly lines: number } }>) {
      if (places === undefined) {
        const header = placesIn(record, columns);
        places = header ?? placesWithoutHeader(columns) ?? noHeader(file, columns);
        if (header !== undefined) continue;
      }
      yield { line: info.lines, cells: cellsOf(record, places) };
    }
  } catch (error) {
    if (error instanceof CliFailure || !(error instanceof Error)) throw error;
    if (error instanceof CsvError) throw new CliFailure(EXIT.usage, `${file} is no CSV: ${error.message}`, { cause: error });
    if ('code' in error) throw new CliFailure(EXIT.usage, `${file} can’t be read: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Columns by their places in a row. */
type Places<Column extends string> = ReadonlyMap<number, Column>;

/** Undefined: the row names no column, so it is none of names. */
function placesIn<Column extends string>(row: readonly string[], { names }: CsvColumns<Column>): Places<Column> | undefined {
  const found = (Object.entries(names) as [Column, readonly string[]][]).flatMap(([column, its]) => {
    const place = row.findIndex((cell) => its.includes(cell.toLowerCase()));
    return place < 0 ? [] : [[place, column] as const];
  });
  return found.length === 0 ? undefined : new Map(found);
}

const placesWithoutHeader = <Column extends string>({ withoutHeader }: CsvColumns<Column>): Places<Column> | undefined =>
  withoutHeader && new Map(withoutHeader.map((column, place) => [place, column]));

function noHeader<Column extends string>(file: string, { names }: CsvColumns<Column>): never {
  const known = Object.values<readonly string[]>(names).map(([name]) => name);
  throw new CliFailure(EXIT.usage, `The first line of ${file} must name the columns: ${known.join(', ')}.`);
}

function cellsOf<Column extends string>(row: readonly string[], places: Places<Column>): CsvRow<Column>['cells'] {
  const cells: Partial<Record<Column, string>> = {};
  for (const [place, column] of places) {
    const cell = row[place];
    if (cell !== undefined && cell !== '') cells[column] = cell;
  }
  return cells;
}
