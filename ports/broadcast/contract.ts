import test, { type ExecutionContext } from 'ava';
import { setTimeout as delay } from 'node:timers/promises';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Broadcast, Hint } from './port.ts';

type RunTest = (title: string, body: (t: ExecutionContext) => Promise<void>) => void;

/** Two ends of one broadcast; in one process they may be the same. `errors`: thrown by listeners. */
export type BroadcastEnds = AsyncDisposable & { readonly here: Broadcast; readonly there: Broadcast; readonly errors: readonly unknown[] };

const [ann, bob, eve] = ['ann', 'bob', 'eve'] as [string, string, string] as unknown as [PersonId, PersonId, PersonId];
const PROBE = 'probe';
const WAIT_MAX_MS = 20_000;
/** More than any adapter keeps waiting. */
const HINTS_TOO_MANY = 100_100;

/** Each adapter's test file is one call: `broadcastContract('memory', openEnds)`. */
export function broadcastContract(adapter: string, open: () => Promise<BroadcastEnds>, run: RunTest = test): void {
  const check = (title: string, body: (t: ExecutionContext, ends: BroadcastEnds) => Promise<void>) =>
    run(`${adapter}: ${title}`, async (t) => {
      await using ends = await open();
      await body(t, ends);
    });

  check('a hint reaches the listeners of its people, and no others', async (t, { here, there }) => {
    const [annListener, bobListener, eveListener] = [await listenTo(there, here, ann), await listenTo(there, here, bob), await listenTo(there, here, eve)];
    const hint = { kind: 'message', channel: 'c1', entry: { seq: 7, text: 'ä "quoted"' }, nothing: null, list: [1, true] };
    here.publish([ann, bob], hint);
    here.publish([], { kind: 'to nobody' });
    here.publish([ann, bob, eve], { kind: 'end' });
    for (const listener of [annListener, bobListener, eveListener]) await listener.until('end');
    t.deepEqual([annListener.hints, bobListener.hints, eveListener.hints], [[hint, { kind: 'end' }], [hint, { kind: 'end' }], [{ kind: 'end' }]]);
  });

  check('a listener that is known misses nothing that is published then, unless a gap is told', async (t, { here, there }) => {
    let gaps = 0; // on a machine so busy that a listener isn't known in time
    using _ = there.onGap(() => void gaps++);
    for (let n = 0; n < 20; n++) {
      const gapsBefore = gaps;
      const hints: Hint[] = [];
      using listening = there.listen(`new-${n}` as PersonId, (hint) => void hints.push(hint));
      await listening.known;
      here.publish([`new-${n}` as PersonId], { kind: 'end' });
      await until(
        () => hints.length === 1 || gaps > gapsBefore,
        () => `The hint ${n} was missed.`,
      );
      t.deepEqual(hints, hints.length === 0 ? [] : [{ kind: 'end' }]);
    }
  });

  check('what is too much is dropped, and a gap is told after it', async (t, { here, there }) => {
    const annListener = await listenTo(there, here, ann);
    let gaps = 0;
    using _ = there.onGap(() => void gaps++);
    for (let n = 0; n < HINTS_TOO_MANY; n++) here.publish([ann], { kind: 'post', n });
    await until(
      () => gaps > 0,
      () => 'No gap was told.',
    );
    const before = annListener.hints.length;
    t.true(before < HINTS_TOO_MANY);
    const isEnd = ({ kind }: Hint) => kind === 'end';
    let published = 0;
    await until(
      () => {
        // What is published after a gap may be lost as well, as where the connection breaks again; then another gap is told.
        for (; published < gaps; published++) here.publish([ann], { kind: 'end' });
        return annListener.hints.some(isEnd);
      },
      () => `What came after ${gaps} gaps is missing.`,
    );
    const numbers = annListener.hints.slice(0, annListener.hints.findIndex(isEnd)).map(({ n }) => n as number);
    t.deepEqual(
      numbers,
      numbers.toSorted((one, other) => one - other),
    );
  });

  check('nobody is told of a gap where there is none, nor any more after stopping to listen', async (t, { here, there }) => {
    const annListener = await listenTo(there, here, ann);
    let gaps = 0;
    const listening = there.onGap(() => void gaps++);
    for (let n = 0; n < 1_000; n++) here.publish([ann], { kind: 'post', n });
    here.publish([ann], { kind: 'end' });
    await annListener.until('end');
    listening[Symbol.dispose]();
    listening[Symbol.dispose]();
    t.is(gaps, 0);
  });

  check('every listener of the same person gets the hint', async (t, { here, there }) => {
    const [one, other] = [await listenTo(there, here, ann), await listenTo(there, here, ann)];
    one.forget();
    here.publish([ann], { kind: 'end' });
    await Promise.all([one.until('end'), other.until('end')]);
    t.deepEqual([one.hints, other.hints], [[{ kind: 'end' }], [{ kind: 'end' }]]);
  });

  check('hints come in the order in which they were published', async (t, { here, there }) => {
    const annListener = await listenTo(there, here, ann);
    for (let n = 0; n < 2_000; n++) here.publish(n % 3 === 0 ? [bob, ann] : [ann], { kind: 'post', n });
    here.publish([ann], { kind: 'end' });
    await annListener.until('end');
    t.deepEqual(
      annListener.hints.slice(0, -1).map(({ n }) => n),
      Array.from({ length: 2_000 }, (_, n) => n),
    );
  });

  check('all listeners of a process get one and the same object, so that a frame is made once', async (t, { here, there }) => {
    const people = Array.from({ length: 100 }, (_, i) => `person-${i}` as PersonId);
    const listeners = await Promise.all(people.map((person) => listenTo(there, here, person)));
    here.publish(people, { kind: 'end' });
    await Promise.all(listeners.map((listener) => listener.until('end')));
    t.is(new Set(listeners.map(({ hints }) => hints.at(-1))).size, 1);
  });

  check('publishing runs no listener', async (t, { here }) => {
    const annListener = await listenTo(here, here, ann);
    here.publish([ann], { kind: 'end' });
    t.deepEqual(annListener.hints, []);
    await annListener.until('end');
    t.is(annListener.hints.length, 1);
  });

  check('a listener that throws is reported and doesn’t affect the others', async (t, { here, there, errors }) => {
    const earlier = await listenTo(there, here, ann);
    const thrown = new Error('not today');
    using _ = there.listen(ann, () => {
      throw thrown;
    });
    const later = await listenTo(there, here, ann);
    earlier.forget();
    here.publish([ann], { kind: 'one' });
    here.publish([ann], { kind: 'end' });
    await Promise.all([earlier.until('end'), later.until('end')]);
    for (const { hints } of [earlier, later]) t.deepEqual(hints, [{ kind: 'one' }, { kind: 'end' }]);
    t.true(errors.length >= 2 && errors.every((error) => error === thrown));
  });

  check('a stopped listener gets no more hints, and may be stopped again', async (t, { here, there }) => {
    const [stopped, other] = [await listenTo(there, here, ann), await listenTo(there, here, ann)];
    stopped.forget();
    stopped.stop();
    stopped.stop();
    here.publish([ann], { kind: 'end' });
    await other.until('end');
    t.deepEqual(stopped.hints, []);
  });

  check('a listener may stop another one in the middle of a hint', async (t, { here, there }) => {
    const [stopped, probes]: [Hint[], Hint[]] = [[], []];
    using _ = there.listen(ann, ({ kind }) => (kind === 'end' ? other[Symbol.dispose]() : undefined));
    const other = there.listen(ann, (hint) => void (hint.kind === PROBE ? probes : stopped).push(hint));
    const last = await listenTo(there, here, ann);
    t.true(probes.length > 0);
    here.publish([ann], { kind: 'end' });
    await last.until('end');
    t.deepEqual(stopped, []);
  });

  check('a hint to very many people reaches each', async (t, { here, there }) => {
    const people = Array.from({ length: 5_000 }, (_, i) => `person-${i}` as PersonId);
    const counts = new Map<PersonId, number>();
    const listening = people.map((person) => there.listen(person, ({ kind }) => void (kind === 'end' || counts.set(person, (counts.get(person) ?? 0) + 1))));
    const last = await listenTo(there, here, ann);
    while (counts.size < people.length) {
      here.publish(people, { kind: PROBE });
      await delay(5);
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

async function until(condition: () => boolean, complaint: () => string): Promise<void> {
  const deadline = performance.now() + WAIT_MAX_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`${complaint()} (within ${WAIT_MAX_MS} ms)`);
    await delay(1);
  }
}

/** Listens, and resolves once hints arrive; the probes that found that out are left out. */
async function listenTo(listening: Broadcast, publishing: Broadcast, person: PersonId) {
  const hints: Hint[] = [];
  let hasArrived = false;
  const listener = listening.listen(person, (hint) => {
    if (hint.kind === PROBE) hasArrived = true;
    else hints.push(hint);
  });
  const wait = (condition: () => boolean) => until(condition, () => `The listener of ${person} got only ${JSON.stringify(hints.slice(-10))}.`);
  await wait(() => {
    if (!hasArrived) publishing.publish([person], { kind: PROBE });
    return hasArrived;
  });
  return {
    hints,
    forget: () => void (hints.length = 0),
    stop: () => listener[Symbol.dispose](),
    until: (kind: string, times = 1) => wait(() => hints.filter((hint) => hint.kind === kind).length >= times),
  };
}
