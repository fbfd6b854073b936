/** Deadlines for what is asked of EventStoreDB: the client itself waits for ever for a server that accepts and says nothing. */
import { LogUnavailable } from '../port.ts';

/** `appendMs`: of an append, or of metadata. `readMs`: of a read, from one event to the next. */
export type Deadlines = { readonly appendMs: number; readonly readMs: number };
export const DEADLINES: Deadlines = { appendMs: 10_000, readMs: 5_000 };
/** Of a read: it is counted in ticks, so that a process that was stopped itself doesn't blame the server. */
const READ_DEADLINE_TICKS = 5;

/** Rejects with LogUnavailable if there is no answer in time; what was asked may be done all the same. */
export async function answerWithin<Answer>({ appendMs }: Deadlines, answer: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LogUnavailable(`no answer within ${appendMs} ms`)), appendMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

type Read<Item> = AsyncIterable<Item> & { cancel(): Promise<void> };

/**
 * The same, but rejects with LogUnavailable where nothing comes for the time of a read; a reader may take as long as it likes. A read that is
 * abandoned is cancelled, or the connection would never be free of it.
 */
export async function* readWithin<Item>({ readMs }: Deadlines, read: Read<Item>): AsyncIterable<Item> {
  const items = read[Symbol.asyncIterator]();
  let giveUp: ((reason: LogUnavailable) => void) | undefined;
  let [ticks, isRead, isLate] = [0, false, false];
  const ticking = setInterval(() => {
    if (giveUp === undefined || ++ticks < READ_DEADLINE_TICKS) return;
    isLate = true;
    giveUp(new LogUnavailable(`no event of a read within ${readMs} ms`));
  }, readMs / READ_DEADLINE_TICKS);
  try {
    for (;;) {
      ticks = 0;
      const result = await new Promise<IteratorResult<Item, unknown>>((resolve, reject) => {
        giveUp = reject;
        items.next().then(resolve, reject);
      });
      giveUp = undefined;
      if (result.done === true) break;
      yield result.value;
    }
    isRead = true;
  } finally {
    clearInterval(ticking);
    const cancelled = isRead ? undefined : read.cancel();
    // A server that hangs answers this no sooner than the read.
    if (isLate) cancelled?.catch(() => undefined);
    else await cancelled;
  }
}
