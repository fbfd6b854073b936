/** `tidings store …`: the file that the embedded event store keeps the log in. */
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { percent } from '../terminal.ts';

export function addStoreCommands(program: Command, { terminal, connect }: CliContext): void {
  const store = program.command('store').description('looks after the event store’s file');
  store
    .command('scavenge')
    .description('removes what no reader of a stream can see any more')
    .option('--compact', 'also copies the log into a smaller file; appends wait meanwhile')
    .option('--json', 'tells the result as JSON')
    .addHelpText(
      'after',
      `
Runs beside everything else. Ctrl-C ends it early, which does no harm.

Examples:
  $ npx tidings store scavenge
  $ npx tidings store scavenge --compact`,
    )
    .action(async ({ compact = false, json }: { readonly compact?: boolean; readonly json?: true }) => {
      await using reached = await connect();
      for await (const { is, ...line } of reached.call('scavenge-store', { compact })) {
        if ('head' in line) terminal.progress(`${percent(line.head === 0 ? 1 : line.looked / line.head)} looked through, ${line.removed} events removed`);
        else if (is === 'result') await terminal.print(json === true ? JSON.stringify(line) : describeScavenge(line));
      }
    });

  store
    .command('verify')
    .description('reads every event up to the head and checks it, its place and its index')
    .option('--json', 'tells the result as JSON')
    .addHelpText(
      'after',
      `
Exits with 1, naming the place, at the first that is torn, wrong or missing.

Example:
  $ npx tidings store verify`,
    )
    .action(async ({ json }: { readonly json?: true }) => {
      const startedAt = performance.now();
      await using reached = await connect();
      for await (const line of reached.call('verify-store', {})) {
        if (line.is === 'progress') terminal.progress(`verifying for ${Math.round((performance.now() - startedAt) / 1_000)} s`);
        else await terminal.print(json === true ? JSON.stringify({ events: line.events }) : `${line.events} events, all whole.`);
      }
    });
}

type Scavenged = { readonly looked: number; readonly removed: number; readonly fileBytesBefore: number; readonly fileBytesAfter: number };

function describeScavenge({ looked, removed, fileBytesBefore, fileBytesAfter }: Scavenged): string {
  return `${removed} of ${looked} events removed; the file has ${fileBytesAfter} bytes, and had ${fileBytesBefore}.`;
}
