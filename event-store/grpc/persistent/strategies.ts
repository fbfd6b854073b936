/** The consumer strategies: which consumer gets the next message. */
import { readEventOf, LINK_TYPE, type ResolvedEvent } from '../../read/links.ts';
import { hasCapacity, type Consumer } from './consumer.ts';
import type { StrategyName } from './settings.ts';

/** 'later': its consumer is busy, but others may get their messages. 'full': no consumer has capacity. */
type Choice = Consumer | 'later' | 'full';

export type Strategy = {
  add(consumer: Consumer): void;
  remove(consumer: Consumer): void;
  choose(resolved: ResolvedEvent): Choice;
};

export function strategyNamed(name: StrategyName): Strategy {
  switch (name) {
    case 'DispatchToSingle':
      return firstWithCapacity(() => {});
    case 'RoundRobin':
      return firstWithCapacity((consumers, chosen) => consumers.push(...consumers.splice(0, chosen + 1)));
    case 'Pinned':
      return pinned(streamOf);
    case 'PinnedByCorrelation':
      return pinned((resolved) => correlationOf(resolved) ?? streamOf(resolved));
  }
}

/** The first consumer with capacity; `reorder` then changes the order for the next message. */
function firstWithCapacity(reorder: (consumers: Consumer[], chosen: number) => void): Strategy {
  const consumers: Consumer[] = [];
  return {
    add: (consumer) => void consumers.push(consumer),
    remove: (consumer) => void consumers.splice(consumers.indexOf(consumer), 1),
    choose: () => {
      const index = consumers.findIndex(hasCapacity);
      const chosen = consumers[index];
      if (chosen === undefined) return 'full';
      reorder(consumers, index);
      return chosen;
    },
  };
}

const BUCKETS = 1024;

/** A stream's messages go to one consumer while it is connected: streams hash to buckets, which are shared evenly among consumers. */
function pinned(keyOf: (resolved: ResolvedEvent) => string): Strategy {
  const consumers = new Set<Consumer>();
  const owners = Array.from<Consumer | undefined>({ length: BUCKETS });
  const held = (consumer: Consumer) => owners.filter((owner) => owner === consumer).length;
  return {
    add: (consumer) => {
      consumers.add(consumer);
      const share = Math.ceil(BUCKETS / consumers.size);
      for (const other of consumers) release(owners, other, held(other) - share);
    },
    remove: (consumer) => {
      consumers.delete(consumer);
      release(owners, consumer, BUCKETS);
    },
    choose: (resolved) => {
      if (![...consumers].some(hasCapacity)) return 'full';
      const bucket = bucketOf(keyOf(resolved));
      const owner = (owners[bucket] ??= leastOwning(consumers, held));
      return owner !== undefined && hasCapacity(owner) ? owner : 'later';
    },
  };
}

function release(owners: (Consumer | undefined)[], consumer: Consumer, count: number): void {
  let left = count;
  for (let bucket = 0; bucket < owners.length && left > 0; bucket++) {
    if (owners[bucket] !== consumer) continue;
    owners[bucket] = undefined;
    left--;
  }
}

function leastOwning(consumers: ReadonlySet<Consumer>, held: (consumer: Consumer) => number): Consumer | undefined {
  return [...consumers].reduce<Consumer | undefined>((least, other) => (least === undefined || held(other) < held(least) ? other : least), undefined);
}

/** FNV-1a, 32 bits. */
function bucketOf(key: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % BUCKETS;
}

/** Of a link without its event, the stream that the link names. */
function streamOf(resolved: ResolvedEvent): string {
  const event = resolved.event ?? readEventOf(resolved);
  if (event.type !== LINK_TYPE) return event.stream;
  const text = Buffer.from(event.data).toString('utf8');
  return text.slice(text.indexOf('@') + 1);
}

function correlationOf(resolved: ResolvedEvent): string | undefined {
  const { metadata } = resolved.event ?? readEventOf(resolved);
  if (metadata.length === 0) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(metadata).toString('utf8'));
    const correlation = typeof parsed === 'object' && parsed !== null && '$correlationId' in parsed ? parsed.$correlationId : undefined;
    return typeof correlation === 'string' ? correlation : undefined;
  } catch {
    return undefined;
  }
}
