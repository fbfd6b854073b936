import test, { type ExecutionContext } from 'ava';
import { setTimeout as after } from 'node:timers/promises';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Broadcast, Hint } from './port.ts';

/** Two ends of one broadcast; in one process they may be the same. `errors` are those that listeners threw. */
export type BroadcastEnds = AsyncDisposable & { readonly here: Broadcast; readonly there: Broadcast; readonly errors: readonly unknown[] };

const [ann, bob, eve] = ['ann', 'bob', 'eve'] as [string, string, string] as unknown as [PersonId, PersonId, PersonId];
const PROBE = 'probe';
const PATIENCE_MS = 20_000;

/** Each adapter's test file is one call: `broadcastContract('memory', openEnds)`. */
export function broadcastContract(adapter: string, open: () => Promise<BroadcastEnds>): void {
  const check = (title: string, body: (t: ExecutionContext, ends: BroadcastEnds) => Promise<void>) =>
    test(`${adapter}: ${title}`, async (t) => {
      await using ends = await open();
      await body(t, ends);
    });

  check('a hint reaches whoever listens for one of its people, and nobody else', async (t, { here, there }) => {
    const [anns, bobs, eves] = [await hear(there, here, ann), await hear(there, here, bob), await hear(there, here, eve)];
    const hint = { kind: 'message', channel: 'c1', entry: { seq: 7, text: 'ä "quoted"' }, nothing: null, list: [1, true] };
    here.publish([ann, bob], hint);
    here.publish([], { kind: 'to nobody' });
    here.publish([ann, bob, eve], { kind: 'end' });
    for (const heard of [anns, bobs, eves]) await heard.until('end');
    t.deepEqual([anns.hints, bobs.hints, eves.hints], [[hint, { kind: 'end' }], [hint, { kind: 'end' }], [{ kind: 'end' }]]);
  });

  check('everyone who listens for the same person hears', async (t, { here, there }) => {
    const [one, other] = [await hear(there, here, ann), await hear(there, here, ann)];
    one.forget();
    here.publish([ann], { kind: 'end' });
    await Promise.all([one.until('end'), other.until('end')]);
    t.deepEqual([one.hints, other.hints], [[{ kind: 'end' }], [{ kind: 'end' }]]);
  });

  check('hints come in the order in which they were published', async (t, { here, there }) => {
    const anns = await hear(there, here, ann);
    for (let n = 0; n < 2_000; n++) here.publish(n % 3 === 0 ? [bob, ann] : [ann], { kind: 'post', n });
    here.publish([ann], { kind: 'end' });
    await anns.until('end');
    t.deepEqual(
      anns.hints.slice(0, -1).map(({ n }) => n),
      Array.from({ length: 2_000 }, (_, n) => n),
    );
  });

  check('all listeners of a process get one and the same object, so that a frame is made once', async (t, { here, there }) => {
    const people = Array.from({ length: 100 }, (_, i) => `person-${i}` as PersonId);
    const heard = await Promise.all(people.map((person) => hear(there, here, person)));
    here.publish(people, { kind: 'end' });
    await Promise.all(heard.map((one) => one.until('end')));
    t.is(new Set(heard.map(({ hints }) => hints.at(-1))).size, 1);
  });

  check('publishing runs no listener', async (t, { here }) => {
    const anns = await hear(here, here, ann);
    here.publish([ann], { kind: 'end' });
    t.deepEqual(anns.hints, []);
    await anns.until('end');
    t.is(anns.hints.length, 1);
  });

  check('a listener that throws harms nobody else and is told of', async (t, { here, there, errors }) => {
    const before = await hear(there, here, ann);
    const thrown = new Error('not today');
    using _ = there.listen(ann, () => {
      throw thrown;
    });
    const behind = await hear(there, here, ann);
    before.forget();
    here.publish([ann], { kind: 'one' });
    here.publish([ann], { kind: 'end' });
    await Promise.all([before.until('end'), behind.until('end')]);
    for (const { hints } of [before, behind]) t.deepEqual(hints, [{ kind: 'one' }, { kind: 'end' }]);
    t.true(errors.length >= 2 && errors.every((error) => error === thrown));
  });

  check('who stops listening hears no more, and stopping again does no harm', async (t, { here, there }) => {
    const [gone, there2] = [await hear(there, here, ann), await hear(there, here, ann)];
    gone.forget();
    gone.stop();
    gone.stop();
    here.publish([ann], { kind: 'end' });
    await there2.until('end');
    t.deepEqual(gone.hints, []);
  });

  check('a listener may stop another one in the middle of a hint', async (t, { here, there }) => {
    const stopped: Hint[] = [];
    using _ = there.listen(ann, ({ kind }) => (kind === 'end' ? other[Symbol.dispose]() : undefined));
    const other = there.listen(ann, (hint) => void stopped.push(hint));
    const last = await hear(there, here, ann);
    t.true(stopped.length > 0);
    stopped.length = 0;
    here.publish([ann], { kind: 'end' });
    await last.until('end');
    t.deepEqual(stopped, []);
  });

  check('a hint to very many people reaches each', async (t, { here, there }) => {
    const people = Array.from({ length: 5_000 }, (_, i) => `person-${i}` as PersonId);
    const counts = new Map<PersonId, number>();
    const listening = people.map((person) => there.listen(person, ({ kind }) => void (kind === 'end' || counts.set(person, (counts.get(person) ?? 0) + 1))));
    const last = await hear(there, here, ann);
    while (counts.size < people.length) {
      here.publish(people, { kind: PROBE });
      await after(5);
    }
    here.publish([ann], { kind: 'end' });
    await last.until('end');
    counts.clear();
    for (let n = 0; n < 3; n++) here.publish([...people, ann], { kind: 'post', n });
    here.publish([ann], { kind: 'end' });
    await last.until('end', 2);
    t.deepEqual([counts.size, new Set(counts.values())], [people.length, new Set([3])]);
    for (const one of listening) one[Symbol.dispose]();
  });
}

/** Listens, and comes back once hints do arrive; those that only tried it are left out. */
async function hear(listening: Broadcast, publishing: Broadcast, person: PersonId) {
  const hints: Hint[] = [];
  let isHeard = false;
  const listener = listening.listen(person, (hint) => {
    if (hint.kind === PROBE) isHeard = true;
    else hints.push(hint);
  });
  const wait = async (isSo: () => boolean) => {
    const deadline = performance.now() + PATIENCE_MS;
    while (!isSo()) {
      if (performance.now() > deadline) throw new Error(`${person} heard only ${JSON.stringify(hints)} within ${PATIENCE_MS} ms.`);
      await after(1);
    }
  };
  await wait(() => {
    if (!isHeard) publishing.publish([person], { kind: PROBE });
    return isHeard;
  });
  return {
    hints,
    forget: () => void (hints.length = 0),
    stop: () => listener[Symbol.dispose](),
    until: (kind: string, times = 1) => wait(() => hints.filter((hint) => hint.kind === kind).length >= times),
  };
}
