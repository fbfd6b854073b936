/** Messages that are with a consumer, and until when. An event may be in the log twice under one id; then the second waits for the first. */
import { ackIdOf, recordLatency, type Consumer, type Message } from './consumer.ts';

export type Outstanding = ReturnType<typeof trackOutstanding>;

type Given = { readonly message: Message; readonly consumer: Consumer; readonly givenMs: number; readonly dueMs: number };

/** `timeoutMs` of 0 is never. */
export function trackOutstanding(timeoutMs: number, now: () => number) {
  const given = new Map<string, Given>();

  function settle(id: string): Message | undefined {
    const entry = given.get(id);
    if (entry === undefined) return undefined;
    given.delete(id);
    entry.consumer.inFlight--;
    recordLatency(entry.consumer, now() - entry.givenMs);
    return entry.message;
  }

  return {
    has: (message: Message) => given.has(ackIdOf(message)),
    give: (message: Message, consumer: Consumer) => {
      const givenMs = now();
      given.set(ackIdOf(message), { message, consumer, givenMs, dueMs: timeoutMs === 0 ? Infinity : givenMs + timeoutMs });
      consumer.inFlight++;
      consumer.total++;
    },
    /** Takes it from its consumer, whoever that is; nothing when it isn't with one. */
    settle,
    /** What has been with a consumer for too long, taken from it. */
    overdue: () => take(({ dueMs }) => dueMs <= now()),
    /** What a consumer that has gone leaves behind. */
    leftBy: (gone: Consumer) => take(({ consumer }) => consumer === gone),
    messages: () => [...given.values()].map(({ message }) => message),
    count: () => given.size,
  };

  function take(isTaken: (entry: Given) => boolean): readonly Message[] {
    return [...given.values()].filter(isTaken).flatMap(({ message }) => settle(ackIdOf(message)) ?? []);
  }
}
