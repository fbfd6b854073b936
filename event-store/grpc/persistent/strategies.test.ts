import test from 'ava';
import fc from 'fast-check';
import type { StoredEvent } from '../../store.ts';
import type { ResolvedEvent } from '../../read/links.ts';
import { newConsumer, type Consumer } from './consumer.ts';
import { strategyNamed, type Strategy } from './strategies.ts';

const event = (stream: string, metadata: object = {}): ResolvedEvent => ({
  event: {
    id: '',
    type: 'happened',
    contentType: 'application/json',
    stream,
    revision: 0,
    position: 0,
    created: 0,
    data: Buffer.alloc(0),
    metadata: Buffer.from(JSON.stringify(metadata)),
  } satisfies StoredEvent,
});

const consumer = (bufferSize = 10): Consumer =>
  newConsumer({ peer: '', login: '', connectionName: '', bufferSize, isBusy: () => false, deliver: () => {}, drop: () => {} });

function withConsumers(strategy: Strategy, ...consumers: readonly Consumer[]) {
  for (const one of consumers) strategy.add(one);
  return (resolved: ResolvedEvent) => {
    const choice = strategy.choose(resolved);
    if (typeof choice === 'string') return choice;
    choice.inFlight++;
    return consumers.indexOf(choice);
  };
}

test('round robin takes turns and skips full consumers', (t) => {
  const give = withConsumers(strategyNamed('RoundRobin'), consumer(2), consumer(1), consumer(3));
  t.deepEqual(
    Array.from({ length: 7 }, () => give(event('a'))),
    [0, 1, 2, 0, 2, 2, 'full'],
  );
});

test('dispatch to single fills the first consumer before the next gets any', (t) => {
  const give = withConsumers(strategyNamed('DispatchToSingle'), consumer(2), consumer(1));
  t.deepEqual(
    Array.from({ length: 4 }, () => give(event('a'))),
    [0, 0, 1, 'full'],
  );
});

test('pinned: a stream stays with its consumer, and waits for it when it is full', (t) => {
  const give = withConsumers(strategyNamed('Pinned'), consumer(2), consumer(1_000));
  const first = give(event('a'));
  t.is(give(event('a')), first);
  fc.assert(
    fc.property(fc.string(), (stream) => {
      const [once, again] = [give(event(stream)), give(event(stream))];
      t.true(once === again || again === 'later');
    }),
  );
});

test('pinned: streams are shared among consumers, and again when one connects or disconnects', (t) => {
  const strategy = strategyNamed('Pinned');
  const [one, two] = [consumer(1_000_000), consumer(1_000_000)];
  const ownersOf = () => Array.from({ length: 2_000 }, (_, n) => strategy.choose(event(`stream-${n}`)));
  strategy.add(one);
  t.true(ownersOf().every((owner) => owner === one));
  strategy.add(two);
  const shared = ownersOf();
  const ofTwo = shared.filter((owner) => owner === two).length;
  t.true(ofTwo > 600 && ofTwo < 1_400, `${ofTwo} of 2,000`);
  strategy.remove(one);
  t.true(ownersOf().every((owner) => owner === two));
  strategy.remove(two);
  t.is(strategy.choose(event('a')), 'full');
});

test('pinned by correlation: events with one correlation id go to one consumer, across streams', (t) => {
  const strategy = strategyNamed('PinnedByCorrelation');
  for (const one of [consumer(), consumer(), consumer()]) strategy.add(one);
  const together = ['a', 'b', 'c', 'd'].map((stream) => strategy.choose(event(stream, { $correlationId: 'same' })));
  t.is(new Set(together).size, 1);
  t.is(strategy.choose(event('a', { $correlationId: 7 })), strategy.choose(event('a')));
});
