/** Messages delivered and not yet acknowledged, with their timeouts. An id may be in the log twice; the second event then waits for the first. */
import { ackIdOf, recordLatency, type Consumer, type Message } from './consumer.ts';

export type Outstanding = ReturnType<typeof trackOutstanding>;

type Delivery = { readonly message: Message; readonly consumer: Consumer; readonly deliveredMs: number; readonly dueMs: number };

/** `timeoutMs` of 0: never times out. */
export function trackOutstanding(timeoutMs: number, monotonicMs: () => number) {
  const deliveries = new Map<string, Delivery>();

  function remove(id: string): Message | undefined {
    const delivery = deliveries.get(id);
    if (delivery === undefined) return undefined;
    deliveries.delete(id);
    delivery.consumer.inFlight--;
    recordLatency(delivery.consumer, monotonicMs() - delivery.deliveredMs);
    return delivery.message;
  }

  return {
    has: (message: Message) => deliveries.has(ackIdOf(message)),
    add: (message: Message, consumer: Consumer) => {
      const deliveredMs = monotonicMs();
      deliveries.set(ackIdOf(message), { message, consumer, deliveredMs, dueMs: timeoutMs === 0 ? Infinity : deliveredMs + timeoutMs });
      consumer.inFlight++;
      consumer.total++;
    },
    /** Removes the message with this id and returns it; undefined when it is not outstanding. */
    remove,
    /** Removes and returns the messages that timed out. */
    removeOverdue: () => removeWhere(({ dueMs }) => dueMs <= monotonicMs()),
    /** Removes and returns the messages of a consumer that disconnected. */
    removeOf: (gone: Consumer) => removeWhere(({ consumer }) => consumer === gone),
    messages: () => [...deliveries.values()].map(({ message }) => message),
    count: () => deliveries.size,
  };

  function removeWhere(matches: (delivery: Delivery) => boolean): readonly Message[] {
    return [...deliveries.values()].filter(matches).flatMap(({ message }) => remove(ackIdOf(message)) ?? []);
  }
}
