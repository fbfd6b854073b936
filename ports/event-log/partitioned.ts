/** Several logs as one: each stream is in the log of its slot. Events are ordered only within a log. */
import type { EventLog } from './port.ts';
import { logOf, logsIn, type SlotTable } from './slots.ts';

/** `logs` in the order of their numbers, each with one log of its own number. Disposing of the partitioned log disposes of all of them. */
export function partitionedLog(logs: readonly EventLog[], table: SlotTable): EventLog {
  const missing = logsIn(table).filter((log) => logs[log] === undefined);
  if (missing.length > 0) throw new Error(`The slot table names log ${missing.join(', ')}, and there are ${logs.length}.`);
  const names = logs.map((log) => log.logs[0] ?? '');
  const logFor = (stream: string) => logNumber(logOf(table, stream));
  const named = (name: string) => logNumber(names.indexOf(name));
  const logNumber = (log: number): EventLog => {
    const found = logs[log];
    if (found === undefined) throw new Error(`There is no log ${log}.`);
    return found;
  };
  return {
    logs: names,
    append: (stream, events, expected) => logFor(stream).append(stream, events, expected),
    readStream: (stream, options) => logFor(stream).readStream(stream, options),
    keepLast: (stream, events) => logFor(stream).keepLast(stream, events),
    truncate: (stream, before) => logFor(stream).truncate(stream, before),
    readAll: (name, options) => named(name).readAll(name, options),
    head: (name) => named(name).head(name),
    subscribe: (name, options) => named(name).subscribe(name, options),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(logs.map((log) => log[Symbol.asyncDispose]()));
    },
  };
}
