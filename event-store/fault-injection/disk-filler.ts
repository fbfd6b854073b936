/**
 * A process that the disk-full tests run with limited disk space: it appends until the store refuses, checks that reading still works,
 * with 'retry' waits for a line on its input and tries once more, and reports as JSON. `node disk-filler.ts <folder> [retry]`
 */
import { once } from 'node:events';
import { collect } from '../test-fixture.ts';
import { isEventStoreError } from '../errors.ts';
import { openEventStore } from '../open.ts';
import type { EventStore } from '../store.ts';
import { callerEvent, callerStream } from './acknowledged.ts';

const CALLERS = 4;
const [folder = '', mode] = process.argv.slice(2);

const store = await openEventStore(folder);
const acknowledged = Array.from({ length: CALLERS }, () => -1);
const refusals = await Promise.all(acknowledged.map((_, caller) => fill(store, caller)));
const readable = (await collect(store.readAll())).length;
await store.verify();
let later: string | undefined;
if (mode === 'retry') {
  process.stdout.write('full\n');
  await once(process.stdin, 'data');
  later = await appendOnce(store, 0);
}
const last = store.head();
await store[Symbol.asyncDispose]();
process.stdout.write(`${JSON.stringify({ refusals, acknowledged, readable, later, last })}\n`);
process.exit(0);

async function fill(log: EventStore, caller: number): Promise<string> {
  while (true) {
    const answer = await appendOnce(log, caller);
    if (answer !== 'appended') return answer;
  }
}

async function appendOnce(log: EventStore, caller: number): Promise<string> {
  const revision = acknowledged[caller]! + 1;
  try {
    const { outcome } = await log.append(callerStream(caller), [callerEvent(caller, revision)], revision === 0 ? 'no-stream' : revision - 1);
    if (outcome === 'appended') acknowledged[caller] = revision;
    return outcome;
  } catch (error) {
    return isEventStoreError(error) ? `${error.code}: ${error.message}` : String(error);
  }
}
