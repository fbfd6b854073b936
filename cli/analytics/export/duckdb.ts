/** DuckDB, where it is installed: it reads and writes Parquet, and answers SQL, in this process. It never loads anything from a network. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { CliFailure, EXIT } from '../../failure.ts';

const MEMORY_MAX = '1GB';

export type DuckDb = Disposable & Pick<DuckDBConnection, 'run' | 'stream' | 'runAndReadAll'>;

/** Throws `CliFailure` where it isn't installed, as on a platform that it has no files for. */
export async function openDuckDb(): Promise<DuckDb> {
  const { DuckDBInstance } = await import('@duckdb/node-api').catch((error: unknown) => {
    throw new CliFailure(
      EXIT.failed,
      'This needs the package @duckdb/node-api, which is optional and not installed here: npm install --include=optional. The formats ndjson and csv do without it.',
      {
        cause: error,
      },
    );
  });
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_MAX,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run(`SET TimeZone = 'UTC'`);
  return {
    run: (sql, ...rest) => connection.run(sql, ...rest),
    stream: (sql, ...rest) => connection.stream(sql, ...rest),
    runAndReadAll: (sql, ...rest) => connection.runAndReadAll(sql, ...rest),
    [Symbol.dispose]: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const nameOf = (...parts: readonly string[]): string => parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
