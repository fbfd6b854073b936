/** `tidings store …`: maintains the file of the embedded event store. */
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { percent, type Terminal } from '../terminal.ts';

export function addStoreCommands(program: Command, { terminal, connect }: CliContext): void {
  const store = program.command('store').description('Scavenge or verify the file of the event store.');
  store
    .command('scavenge')
    .description('Remove the events that no reader of a stream can see any more.')
    .option('--compact', 'also copy the log into a smaller file; appends wait meanwhile')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
The process goes on with its other work. Ctrl-C ends the scavenge early without harm.

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
    .description('Read and check everything that lasts: the events with their index, the views, the vault.')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Names what isn't as it was written, and exits with 1. Of the log it names the first such event by its position.

Example:
  $ npx tidings store verify`,
    )
    .action(async ({ json }: { readonly json?: true }) => {
      const startedAt = performance.now();
      await using reached = await connect();
      for await (const line of reached.call('verify-store', {})) {
        if (line.is === 'progress') terminal.progress(`verifying for ${Math.round((performance.now() - startedAt) / 1_000)} s`);
        else await reportVerified(terminal, line, { asJson: json === true });
      }
    });
}

type Verified = { readonly events: number | null; readonly documents: number | null; readonly records: number | null; readonly damage: readonly string[] };

async function reportVerified(terminal: Terminal, { events, documents, records, damage }: Verified, { asJson }: { readonly asJson: boolean }): Promise<void> {
  if (asJson) await terminal.print(JSON.stringify({ events, documents, records, damage }));
  else for (const sentence of damage) await terminal.print(sentence);
  if (damage.length > 0) throw new CliFailure(EXIT.failed, 'Damage was found. “When something is damaged” in docs/operating.md says what to do.');
  const counts = [
    [events, 'events'],
    [documents, 'documents of the views'],
    [records, 'records of the vault'],
  ].flatMap(([count, of]) => (count === null ? [] : [`${count} ${of}`]));
  if (!asJson) await terminal.print(`${counts.join(', ')}, all whole.`);
}

type Scavenged = { readonly looked: number; readonly removed: number; readonly fileBytesBefore: number; readonly fileBytesAfter: number };

function describeScavenge({ looked, removed, fileBytesBefore, fileBytesAfter }: Scavenged): string {
  return `${removed} of ${looked} events removed; the file has ${fileBytesAfter} bytes, and had ${fileBytesBefore}.`;
}
