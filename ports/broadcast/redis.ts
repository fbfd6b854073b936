/**
 * The broadcast among processes, on Redis. Listeners of this process get their hints at once, as in memory. For all others, publishers
 * look up which processes hold a person (`redis-registrations.ts`, `redis-publisher.ts`), and send to the channels of these.
 */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { randomName } from '../redis/epoch.ts';
import { startMemoryBroadcast, type MemoryBroadcastOptions } from './memory.ts';
import type { Broadcast } from './port.ts';
import { EVERY_PROCESS, startPublisher, type Envelope } from './redis-publisher.ts';
import { startRegistrations } from './redis-registrations.ts';

const PROCESS_CHARACTERS = 16;

export type RedisBroadcastOptions = MemoryBroadcastOptions & {
  /** A refusal of Redis or a message that isn't ours, and so a bug; outages are reported by the connection. */
  readonly onError?: (error: unknown) => void;
};

/** The connection stays the caller's. */
export async function startRedisBroadcast(redis: RedisConnection, options: RedisBroadcastOptions = {}): Promise<Broadcast> {
  const { onError = (error) => process.emitWarning(error instanceof Error ? error : String(error)) } = options;
  await using starting = new AsyncDisposableStack();
  const local = starting.use(await startMemoryBroadcast(options));
  const gapListeners = new Set<{ readonly listener: () => void }>();
  const tellGap = () => {
    for (const { listener } of gapListeners) callSafely(listener, options.onListenerError ?? onError);
  };
  const listeners = new Map<PersonId, number>();
  const self = randomName(PROCESS_CHARACTERS);
  let connections = 0;
  let channel: string | undefined;

  const registrations = starting.use(startRegistrations({ redis, tellGap }));
  const publisher = starting.use(startPublisher({ redis, ownChannel: () => channel, onError }));
  void registrations.hold(EVERY_PROCESS);
  local.onGap(tellGap);
  starting.use(
    // Each connection has a channel of its own: that nobody hears one is then so for good, and it may be forgotten.
    redis.subscribe(() => `live:${self}:${++connections}`, {
      onSubscribed: (subscribed) => {
        channel = subscribed;
        registrations.moveTo(subscribed);
      },
      onMessage: (message) => callSafely(() => receive(JSON.parse(message) as Envelope), onError),
    }),
  );
  const receive = (envelope: Envelope) => {
    if ('gap' in envelope) tellGap();
    else for (const { to, hint } of envelope.hints) local.publish(to, hint);
  };

  const started = starting.move();
  return {
    publish: (to, hint) => {
      local.publish(to, hint);
      publisher.publish(to, hint);
    },
    listen: (person, listener) => {
      const listening = local.listen(person, listener);
      listeners.set(person, (listeners.get(person) ?? 0) + 1);
      let isListening = true;
      return {
        known: registrations.hold(person),
        [Symbol.dispose]: () => {
          listening[Symbol.dispose]();
          if (!isListening) return;
          isListening = false;
          const left = (listeners.get(person) ?? 1) - 1;
          if (left > 0) return void listeners.set(person, left);
          listeners.delete(person);
          registrations.release(person);
        },
      };
    },
    onGap: (listener) => {
      const added = { listener };
      gapListeners.add(added);
      return { [Symbol.dispose]: () => void gapListeners.delete(added) };
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

function callSafely(listener: () => void, onError: (error: unknown) => void): void {
  try {
    listener();
  } catch (error) {
    onError(error);
  }
}
