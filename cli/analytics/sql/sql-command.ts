/** `tidings sql`: questions about everything that is in the log, in SQL. */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Option, type Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { CliFailure, EXIT } from '../../failure.ts';
import { updateAnalytics, updateView } from './analytics-folder.ts';
import { printRows, PRINTED_FORMATS, type PrintedFormat } from './print-rows.ts';
import { scopeOf } from '../export/scope-options.ts';
import { openSqlSession, viewsIn, type SqlSession } from './sql-session.ts';

type SqlOptions = { readonly folder?: string; readonly format: PrintedFormat | 'parquet'; readonly out?: string; readonly refresh: boolean };

const ANALYTICS = 'analytics';

export function addSqlCommand(program: Command, context: CliContext): void {
  program
    .command('sql')
    .description('Ask in SQL: events by type are tables, and so are the views. Without a query, a shell.')
    .argument('[query]', 'one statement of DuckDB’s SQL')
    .addOption(new Option('--format <format>', 'of the rows; parquet needs --out').choices([...PRINTED_FORMATS, 'parquet']).default('table'))
    .option('--out <file>', 'the file for --format parquet')
    .option('--folder <folder>', 'where the tables are kept (default: analytics in the data folder)')
    .option('--no-refresh', 'ask about the tables as they are')
    .addHelpText(
      'after',
      `
Before a query what is new in the log is added to the tables; views are read when a query names them. Personal fields are null.
Tables: feed.post_published, chat.message_posted, … as /events.json names the types; log.events has what all events have; views.posts, …
In the shell, .tables lists them, .columns <table> its columns, .refresh adds what is new, and .exit ends it.

Examples:
  $ npx tidings sql "select occurred_at::date as day, count(distinct actor) from log.events group by day order by day"
  $ npx tidings sql "from feed.post_published limit 10" --format json
  $ npx tidings sql "from views.posts" --format parquet --out posts.parquet
  $ npx tidings sql`,
    )
    .action(async (query: string | undefined, options: SqlOptions) => {
      if ((options.format === 'parquet') !== (options.out !== undefined))
        throw new CliFailure(EXIT.usage, 'Name a file with --out for --format parquet, and for no other.');
      await (query === undefined ? runShell(context, options) : runQuery(context, query, options));
    });
}

async function runQuery(context: CliContext, query: string, options: SqlOptions): Promise<void> {
  const path = await update(context, options, viewsIn(query));
  using session = await openSqlSession(path);
  await answer(context, session, query, options);
}

async function answer({ terminal }: CliContext, session: SqlSession, query: string, { format, out }: SqlOptions): Promise<void> {
  if (format !== 'parquet') return await printRows(await session.query(query), format, terminal);
  await session.writeParquet(query, out ?? '');
  terminal.say(`Written to ${out}.`);
}

/** The process, or the folder, is let go before anything is asked: a shell may be open for long. Answers where the tables are. */
async function update({ connect, terminal }: CliContext, { folder, refresh }: SqlOptions, views: readonly string[]): Promise<string> {
  if (folder !== undefined && !refresh) return folder;
  await using client = await connect();
  const path = folder ?? (client.folder === undefined ? undefined : join(client.folder.path, ANALYTICS));
  if (path === undefined) throw new CliFailure(EXIT.usage, 'Name with --folder where the tables are to be kept.');
  if (!refresh) return path;
  const { share } = await scopeOf({}, client);
  await updateAnalytics({ client, terminal }, { path, share });
  for (const view of views) await updateView({ client, terminal }, view, { path, share });
  return path;
}

const SHELL_HELP = 'A statement ends with a semicolon. .tables, .columns <table>, .refresh, .exit';

async function runShell(context: CliContext, options: SqlOptions): Promise<void> {
  const path = await update(context, options, []);
  using session = await openSqlSession(path);
  context.terminal.say(SHELL_HELP);
  let statement = '';
  for await (const line of linesTyped(context)) {
    const text = statement === '' ? line.trim() : line;
    if (statement === '' && text === '.exit') return;
    statement = statement === '' ? text : `${statement}\n${text}`;
    if (statement === '' || (!statement.startsWith('.') && !statement.trimEnd().endsWith(';'))) continue;
    await runTyped(context, session, statement, options).catch((error: unknown) => {
      if (!(error instanceof CliFailure)) throw error;
      context.terminal.say(error.message); // what was typed is mended by typing again
    });
    statement = '';
  }
}

async function runTyped(context: CliContext, session: SqlSession, typed: string, options: SqlOptions): Promise<void> {
  const [command = '', table = ''] = typed.trim().split(/\s+/);
  switch (command) {
    case '.tables':
      return await answer(context, session, TABLES, options);
    case '.columns':
      return await answer(context, session, `DESCRIBE ${table}`, options);
    case '.refresh':
      await update(context, options, []);
      return await session.refresh();
    default: {
      if (command.startsWith('.')) throw new CliFailure(EXIT.usage, SHELL_HELP);
      const views = options.refresh ? viewsIn(typed) : [];
      if (views.length > 0) {
        await update(context, options, views);
        await session.refresh();
      }
      return await answer(context, session, typed, options);
    }
  }
}

const TABLES = `SELECT table_schema || '.' || table_name AS "table" FROM information_schema.tables WHERE table_catalog = 'memory' ORDER BY 1`;

async function* linesTyped({ typed, interrupted }: Pick<CliContext, 'typed' | 'interrupted'>): AsyncIterable<string> {
  if (typed === undefined) throw new CliFailure(EXIT.usage, 'Nobody types here: give a query.');
  const { input, echo, isTerminal } = typed;
  const lines = createInterface({ input, signal: interrupted, ...(isTerminal ? { output: echo, prompt: 'tidings> ' } : {}) });
  if (isTerminal) lines.prompt();
  for await (const line of lines) {
    yield line;
    if (isTerminal) lines.prompt();
  }
}
