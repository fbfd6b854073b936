import type { Tables } from '../storage/tables.ts';
import { recordStream, recordType } from '../storage/record.ts';
import type { EventFilter, StoredEvent } from '../store.ts';
import { compileNamePattern } from './name-pattern.ts';

/** Whether an event's record passes. */
export type RecordFilter = (record: Buffer) => boolean;

/** Throws `filter-invalid` when the pattern is not a regular expression. */
export function compileRecordFilter(filter: EventFilter | undefined, { words }: Tables): RecordFilter | undefined {
  if (filter === undefined) return undefined;
  const passes = compileNameFilter(filter);
  return filter.on === 'stream' ? (record) => passes(recordStream(record)) : (record) => passes(recordType(record, words));
}

/** The same for a decoded event. */
export function compileEventFilter(filter: EventFilter | undefined): ((event: StoredEvent) => boolean) | undefined {
  if (filter === undefined) return undefined;
  const passes = compileNameFilter(filter);
  return filter.on === 'stream' ? (event) => passes(event.stream) : (event) => passes(event.type);
}

function compileNameFilter(filter: EventFilter): (name: string) => boolean {
  if ('prefixes' in filter) return (name) => filter.prefixes.some((prefix) => name.startsWith(prefix));
  if ('exceptPrefixes' in filter) return (name) => !filter.exceptPrefixes.some((prefix) => name.startsWith(prefix));
  if ('names' in filter) {
    const names = new Set(filter.names);
    return (name) => names.has(name);
  }
  return compileNamePattern(filter.pattern);
}
