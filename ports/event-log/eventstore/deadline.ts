/** Deadlines for what is asked of EventStoreDB: the client itself waits for ever for a server that accepts and says nothing. */
import { LogUnavailable } from '../port.ts';

/** Of an append, or of metadata. */
const ANSWER_DEADLINE_MS = 10_000;
/** Of a read, from one event to the next. Counted in ticks, so that a process that was stopped itself doesn't blame the server. */
const EVENT_DEADLINE_TICKS = 5;
const TICK_MS = 1_000;

/** Rejects with LogUnavailable if there is no answer within 10 seconds; what was asked may be done all the same. */
export async function answerWithin<Answer>(answer: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LogUnavailable(`no answer within ${ANSWER_DEADLINE_MS} ms`)), ANSWER_DEADLINE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

type Read<Item> = AsyncIterable<Item> & { cancel(): Promise<void> };

/**
 * The same, but rejects with LogUnavailable where nothing comes for 5 seconds; a reader may take as long as it likes. A read that is
 * abandoned is cancelled, or the connection would never be free of it.
 */
export async function* readWithin<Item>(read: Read<Item>): AsyncIterable<Item> {
  const items = read[Symbol.asyncIterator]();
  let giveUp: ((reason: LogUnavailable) => void) | undefined;
  let [ticks, isRead, isLate] = [0, false, false];
  const ticking = setInterval(() => {
    if (giveUp === undefined || ++ticks < EVENT_DEADLINE_TICKS) return;
    isLate = true;
    giveUp(new LogUnavailable(`no event of a read within ${EVENT_DEADLINE_TICKS * TICK_MS} ms`));
  }, TICK_MS);
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
