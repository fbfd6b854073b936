/**
 * The messages of a conversation in the order of their whole `ts`. An archive has a file for each day, in any order, by the clock of
 * whoever made it. So its files are looked through first, and those whose times overlap are read and ordered together: memory depends on
 * what is written in a day, and not on how long the conversation is.
 */
import type { Instant } from '../../../domain/shared/instant.ts';
import { jsonItems, ListFault } from '../json-items.ts';
import type { LeftOutReason } from '../left-out.ts';
import type { SlackArchive } from './archive.ts';
import { readMessage, type SlackMessage } from './message.ts';

type Reading = { readonly archive: Pick<SlackArchive, 'daysOf' | 'read'>; readonly folder: string; readonly now: Instant };
type Day = { readonly file: string; readonly from: string; readonly until: string };

export type Surveyed = {
  readonly days: readonly Day[];
  /** Files that can't be read. */
  readonly faulty: readonly string[];
  readonly count: number;
  /** Who wrote, with the names that stand in the messages. */
  readonly senders: ReadonlyMap<string, string | undefined>;
  readonly hasFiles: boolean;
};

export type InOrder = { readonly message: SlackMessage } | { readonly leftOut: LeftOutReason; readonly item: string };

export async function survey(reading: Reading): Promise<Surveyed> {
  const days: Day[] = [];
  const faulty: string[] = [];
  const senders = new Map<string, string | undefined>();
  let count = 0;
  let hasFiles = false;
  for (const file of reading.archive.daysOf(reading.folder)) {
    let from: string | undefined;
    let until: string | undefined;
    try {
      for await (const item of jsonItems(reading.archive.read(file), { field: undefined })) {
        const read = readMessage(item, reading.now);
        const ts = 'message' in read ? read.message.ts : read.ts;
        if (ts !== undefined && (from === undefined || ts < from)) from = ts;
        if (ts !== undefined && (until === undefined || ts > until)) until = ts;
        if (!('message' in read)) continue;
        count += 1;
        hasFiles ||= read.message.files.length > 0;
        if (senders.get(read.message.sender) === undefined) senders.set(read.message.sender, read.message.senderName);
      }
      // One in which nothing tells a time is read for the report.
      days.push({ file, from: from ?? '', until: until ?? '' });
    } catch (error) {
      if (!(error instanceof ListFault)) throw error;
      faulty.push(file);
    }
  }
  return { days: days.toSorted((one, other) => (one.from < other.from ? -1 : 1)), faulty, count, senders, hasFiles };
}

/** A message that is there twice, as one that was sent to a thread and the channel may be, comes once. */
export async function* messagesInOrder({ archive, folder, now }: Reading, { days }: Pick<Surveyed, 'days'>): AsyncGenerator<InOrder, void> {
  for (const files of overlapping(days)) {
    const messages = new Map<string, SlackMessage>();
    for (const file of files) {
      for await (const item of jsonItems(archive.read(file), { field: undefined })) {
        const read = readMessage(item, now);
        if (!('message' in read)) yield { leftOut: read.leftOut, item: `${folder}/${read.ts ?? file.slice(folder.length + 1)}` };
        else if (messages.has(read.message.ts)) yield { leftOut: 'twice', item: `${folder}/${read.message.ts}` };
        else messages.set(read.message.ts, read.message);
      }
    }
    for (const message of [...messages.values()].toSorted((one, other) => (one.ts < other.ts ? -1 : 1))) yield { message };
  }
}

function* overlapping(days: readonly Day[]): Generator<readonly string[], void> {
  let files: string[] = [];
  let until = '';
  for (const day of days) {
    if (files.length > 0 && day.from > until) {
      yield files;
      files = [];
    }
    files.push(day.file);
    if (day.until > until) until = day.until;
  }
  if (files.length > 0) yield files;
}
