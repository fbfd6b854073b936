/** A subscription over a connection of its own, which is made anew whenever it is cut, hangs, or the channel's slot moves. */
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';
import { isMoved, toRedisError } from './errors.ts';
import { answerOf, clientOptions, endClient, PING_EVERY_MS, reconnectAfterMs, within, type ClientOptions, type NodeClient } from './node-client.ts';

export type Subscriber = {
  /** In the order in which one publisher published. */
  onMessage(message: string): void;
  /** From now on messages of this channel come. Those before it, and those between two such calls, may be lost. */
  onSubscribed(channel: string): void;
};

export type SubscriptionOptions = {
  readonly options: ClientOptions & { readonly onError: (error: unknown) => void };
  /** For each connection: a channel that is published to by `SPUBLISH`. */
  readonly nextChannel: () => string;
  readonly subscriber: Subscriber;
  /** Of the node that holds the channel's slot now. */
  readonly urlOf: (channel: string) => string;
  /** Asks the cluster about the channel's slot, so that `urlOf` knows where it has moved to. */
  readonly recheck: (channel: string) => Promise<unknown>;
};

export function subscribe({ options, nextChannel, subscriber, urlOf, recheck }: SubscriptionOptions): AsyncDisposable {
  const stopping = new AbortController();
  const { signal } = stopping;

  /** Resolves or rejects when it has come to its end. */
  const once = async (channel: string, onSubscribed: () => void) => {
    const url = urlOf(channel);
    const settings = clientOptions(url.startsWith('rediss:') ? { ...options, tls: options.tls ?? {} } : options);
    const client = createClient({ ...settings, url, name: `${options.name}-subscriber`, socket: { ...settings.socket, reconnectStrategy: false } });
    const node = client as unknown as NodeClient;
    const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<void>();
    ended.catch(() => undefined); // it may end before anybody waits for it
    let isEnding = false;
    const stop = () => {
      isEnding = true;
      end();
    };
    signal.addEventListener('abort', stop);
    client.on('error', fail);
    client.on('sharded-channel-moved', () => stop());
    try {
      await within(options.connectTimeoutMs, Promise.race([client.connect(), ended]));
      await within(options.commandTimeoutMs, Promise.race([client.sSubscribe(channel, (message) => subscriber.onMessage(message)), ended]));
      if (isEnding) return;
      onSubscribed();
      while (!isEnding) {
        await Promise.race([delay(PING_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined), ended]);
        await Promise.race([answerOf(node, ['PING'], options.commandTimeoutMs), ended]);
      }
    } finally {
      signal.removeEventListener('abort', stop);
      end();
      endClient(node);
    }
  };
  const keep = async () => {
    for (let attempts = 0; !signal.aborted; attempts++) {
      const channel = nextChannel();
      try {
        await once(channel, () => {
          attempts = 0;
          subscriber.onSubscribed(channel);
        });
      } catch (error) {
        if (signal.aborted) return;
        options.onError(toRedisError(error));
        if (isMoved(error)) await recheck(channel).catch(() => undefined);
      }
      await delay(reconnectAfterMs(attempts), undefined, { signal }).catch(() => undefined);
    }
  };
  const kept = keep();
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await kept;
    },
  };
}
