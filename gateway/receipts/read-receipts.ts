/**
 * How far people have read. Everyone in the channel hears of it at once; the log at most once in ten seconds for a person and
 * channel, and when the person leaves: a pointer that only grows may be written late. What could not be written is tried again.
 */
import { READ_POINTER_INTERVAL_MS } from '../../domain/chat/inbox.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';

/** Marks that could not be written before they were let go; beyond, one is lost, and the person's next makes up for it. */
const UNWRITTEN_MAX = 10_000;

type Mark = { readonly person: PersonId; readonly channel: ChannelId; seq: number; written: number | undefined; writtenMs: number };

export type ReadReceipts = {
  /** False where the person had read as far already. */
  read(person: PersonId, channel: ChannelId, seq: number): boolean;
  /** The person's last connection is gone. */
  leave(person: PersonId): void;
  /** Writes what is due. */
  tick(): void;
  /** Writes everything, and waits for what is being written. */
  finish(): Promise<void>;
  count(): number;
};

export type ReadReceiptsDependencies = {
  /** `known` is what was written before, if anything was. */
  readonly write: (mark: { readonly person: PersonId; readonly channel: ChannelId; readonly seq: number; readonly known: number | undefined }) => Promise<void>;
  readonly nowMs: () => number;
  readonly failed: (error: unknown) => void;
};

export function createReadReceipts({ write, nowMs, failed }: ReadReceiptsDependencies): ReadReceipts {
  const marks = new Map<PersonId, Map<ChannelId, Mark>>();
  const writing = new Set<Promise<void>>();
  const unwritten = new Set<Mark>();

  const writeNow = (mark: Mark) => {
    if (mark.written === mark.seq) return;
    const { person, channel, seq, written } = mark;
    mark.written = seq;
    mark.writtenMs = nowMs();
    const done = write({ person, channel, seq, known: written })
      .catch((error: unknown) => {
        keep(mark, seq);
        failed(error);
      })
      .finally(() => writing.delete(done));
    writing.add(done);
  };

  /** Whether it was written after all nobody knows, and so nothing counts as known. */
  const keep = (mark: Mark, seq: number) => {
    if (mark.written !== seq) return; // what is further is being written
    mark.written = undefined;
    const now = marks.get(mark.person)?.get(mark.channel);
    if (now === mark || (now !== undefined && now.seq >= mark.seq) || unwritten.size >= UNWRITTEN_MAX) return;
    marksOf(mark.person).set(mark.channel, mark);
    unwritten.add(mark);
  };

  const marksOf = (person: PersonId): Map<ChannelId, Mark> => {
    const ofPerson = marks.get(person) ?? new Map<ChannelId, Mark>();
    marks.set(person, ofPerson);
    return ofPerson;
  };

  const each = (act: (mark: Mark) => void) => {
    for (const ofPerson of marks.values()) for (const mark of ofPerson.values()) act(mark);
  };

  return {
    read: (person, channel, seq) => {
      const ofPerson = marksOf(person);
      const mark = ofPerson.get(channel);
      if (mark !== undefined && mark.seq >= seq) return false;
      if (mark === undefined) {
        const first = { person, channel, seq, written: undefined, writtenMs: 0 };
        ofPerson.set(channel, first);
        writeNow(first);
      } else {
        mark.seq = seq;
        if (nowMs() - mark.writtenMs >= READ_POINTER_INTERVAL_MS) writeNow(mark);
      }
      return true;
    },

    leave: (person) => {
      for (const mark of marks.get(person)?.values() ?? []) {
        writeNow(mark);
        unwritten.delete(mark);
      }
      marks.delete(person);
    },

    tick: () => {
      const now = nowMs();
      each((mark) => {
        if (now - mark.writtenMs < READ_POINTER_INTERVAL_MS) return;
        if (mark.written !== mark.seq) return writeNow(mark);
        unwritten.delete(mark);
        const ofPerson = marks.get(mark.person);
        ofPerson?.delete(mark.channel);
        if (ofPerson?.size === 0) marks.delete(mark.person);
      });
    },

    finish: async () => {
      each(writeNow);
      await Promise.all(writing);
    },
    count: () => Array.from(marks.values()).reduce((sum, ofPerson) => sum + ofPerson.size, 0),
  };
}
