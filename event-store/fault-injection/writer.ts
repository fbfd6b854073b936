/**
 * A process that the fault tests start and kill: many callers append as fast as they can, one subscriber reads, and every
 * acknowledgement and every event seen goes to a journal at once. `node writer.ts <folder> <journal file> [noSync]`
 */
import { openSync, writeSync } from 'node:fs';
import { openEventStore } from '../open.ts';
import type { EventStore } from '../store.ts';
import { callerEvent, CALLERS, callerStream } from './acknowledged.ts';

const [folder = '', reportFile = '', mode] = process.argv.slice(2);
const report = openSync(reportFile, 'a');
const say = (line: string) => writeSync(report, `${line}\n`);

const store = await openEventStore(folder, { noSync: mode === 'noSync' });
await Promise.all(Array.from({ length: CALLERS }, (_, caller) => repeatLast(store, caller)));
say('ready');
await Promise.all([watch(store), ...Array.from({ length: CALLERS }, (_, caller) => write(store, caller))]);

/** Repeats the last append, whose acknowledgement may be lost; the store must answer its revision. */
async function repeatLast(log: EventStore, caller: number): Promise<void> {
  const last = lastRevision(log, caller);
  if (last < 0) return;
  const again = await log.append(callerStream(caller), [callerEvent(caller, last)], last === 0 ? 'no-stream' : last - 1);
  if (again.outcome !== 'appended' || again.revision !== last) throw new Error(`A repeated append was answered ${JSON.stringify(again)}.`);
}

async function write(log: EventStore, caller: number): Promise<never> {
  let last = lastRevision(log, caller);
  while (true) {
    const count = 1 + ((last + 1 + caller) % 3);
    const events = Array.from({ length: count }, (_, at) => callerEvent(caller, last + 1 + at));
    const result = await log.append(callerStream(caller), events, last < 0 ? 'no-stream' : last);
    if (result.outcome !== 'appended') throw new Error(`An append was answered ${JSON.stringify(result)}.`);
    last = result.revision;
    say(`acknowledged ${caller} ${result.revision} ${result.position}`);
  }
}

async function watch(log: EventStore): Promise<void> {
  for await (const { events } of log.subscribeToAll({ after: 'end' })) {
    const last = events.at(-1);
    if (last !== undefined) say(`seen ${last.position} ${last.id}`);
  }
}

function lastRevision(log: EventStore, caller: number): number {
  const read = log.readStream(callerStream(caller));
  return read.outcome === 'found' ? read.lastRevision : -1;
}
