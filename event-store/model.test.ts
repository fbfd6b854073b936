import test from 'ava';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collect } from './test-fixture.ts';
import { openEventStore } from './open.ts';
import { TOMBSTONE_REVISION, TRUNCATED_ENTIRELY, type AppendResult, type EventStore, type ExpectedRevision, type StreamMetadata } from './store.ts';

/** A model of the store: a list of events and the rules, as simple as possible. */
type ModelEvent = { readonly stream: string; readonly revision: number; readonly id: string; readonly position: number };
type Model = {
  log: ModelEvent[];
  next: number;
  readonly metadata: Map<string, StreamMetadata>;
  readonly lasts: Map<string, number>;
  ids: Map<string, Map<string, number>>;
};

const emptyModel = (): Model => ({ log: [], next: 0, metadata: new Map(), lasts: new Map(), ids: new Map() });
const STREAMS = ['a', 'b', 'c'];

const lastOf = (model: Model, stream: string) => model.lasts.get(stream) ?? -1;
const deleted = (model: Model, stream: string) => lastOf(model, stream) === TOMBSTONE_REVISION;
const softDeleted = (model: Model, stream: string) => model.metadata.get(stream)?.$tb === TRUNCATED_ENTIRELY;
const current = (model: Model, stream: string): AppendResult => {
  const last = lastOf(model, stream);
  return { outcome: 'wrong-expected-revision', current: last < 0 ? 'no-stream' : last };
};

function put(model: Model, stream: string, id: string, revision = lastOf(model, stream) + 1): AppendResult {
  const position = model.next++;
  model.log.push({ stream, revision, id, position });
  model.lasts.set(stream, revision);
  if (!model.ids.has(stream)) model.ids.set(stream, new Map());
  model.ids.get(stream)!.set(id, revision);
  return { outcome: 'appended', revision, position };
}

function putMetadata(model: Model, stream: string, metadata: StreamMetadata): AppendResult {
  const answer = put(model, `$$${stream}`, 'generated');
  model.metadata.set(stream, metadata);
  return answer;
}

function appendedAt(model: Model, stream: string, revision: number): AppendResult {
  const found = model.log.find((event) => event.stream === stream && event.revision === revision);
  return { outcome: 'appended', revision, position: found?.position ?? -1 };
}

function modelAppend(model: Model, stream: string, ids: readonly string[], expected: ExpectedRevision): AppendResult {
  const last = lastOf(model, stream);
  if (deleted(model, stream) || (expected === 'stream-exists' && softDeleted(model, stream))) return { outcome: 'stream-deleted' };
  if (expected === 'stream-exists' && last < 0 && !model.metadata.has(stream)) return current(model, stream);
  const number = expected === 'no-stream' ? -1 : expected;
  if (typeof number === 'number' && number > last) return current(model, stream);
  if (typeof number === 'number' && number < last) {
    const same = ids.map((id, at) => model.log.some((event) => event.stream === stream && event.revision === number + 1 + at && event.id === id));
    if (same.every(Boolean)) return appendedAt(model, stream, number + ids.length);
    if (same[0] === true || number >= 0 || !softDeleted(model, stream)) return current(model, stream);
  } else {
    const known = ids.map((id) => model.ids.get(stream)?.get(id));
    if (known.every((revision) => revision !== undefined)) return appendedAt(model, stream, known.at(-1)!);
    if (known[0] !== undefined || (typeof number === 'number' && known.some((revision) => revision !== undefined))) return current(model, stream);
  }
  if (softDeleted(model, stream)) putMetadata(model, stream, { ...model.metadata.get(stream), $tb: last + 1 });
  return ids.map((id) => put(model, stream, id)).at(-1)!;
}

function modelDelete(model: Model, stream: string, expected: ExpectedRevision, put: () => AppendResult): AppendResult {
  if (deleted(model, stream) || (expected === 'stream-exists' && softDeleted(model, stream))) return { outcome: 'stream-deleted' };
  const last = lastOf(model, stream);
  const holds =
    expected === 'any' || (expected === 'stream-exists' ? last >= 0 || model.metadata.has(stream) : (expected === 'no-stream' ? -1 : expected) === last);
  return holds ? put() : current(model, stream);
}

/** A stream that has neither events nor metadata can't be soft-deleted. */
function modelSoftDelete(model: Model, stream: string, expected: ExpectedRevision): AppendResult {
  return modelDelete(model, stream, expected, () =>
    lastOf(model, stream) < 0 && !model.metadata.has(stream)
      ? current(model, stream)
      : putMetadata(model, stream, { ...model.metadata.get(stream), $tb: TRUNCATED_ENTIRELY }),
  );
}

function readable(model: Model, stream: string): number[] | string {
  if (deleted(model, stream)) return 'stream-deleted';
  if (lastOf(model, stream) < 0 || softDeleted(model, stream)) return 'not-found';
  return model.log.filter((event) => event.stream === stream && event.revision >= firstShown(model, stream)).map(({ revision }) => revision);
}

function firstShown(model: Model, stream: string): number {
  const last = lastOf(model, stream);
  const { $tb = 0, $maxCount = Infinity } = stream.startsWith('$$') ? { $maxCount: 1 } : (model.metadata.get(stream) ?? {});
  return Math.max($tb, last - $maxCount + 1);
}

function modelScavenge(model: Model): void {
  const stays = ({ stream, revision, position }: ModelEvent) =>
    position === model.next - 1 || revision === lastOf(model, stream) || (!deleted(model, stream) && revision >= firstShown(model, stream));
  for (const { stream, id, revision } of model.log.filter((event) => !stays(event))) {
    if (model.ids.get(stream)?.get(id) === revision) model.ids.get(stream)!.delete(id);
  }
  model.log = model.log.filter(stays);
}

type Write =
  | { readonly kind: 'append'; readonly stream: string; readonly ids: readonly number[]; readonly expected: ExpectedRevision | 'current' | 'before' }
  | { readonly kind: 'delete' | 'tombstone'; readonly stream: string; readonly expected: ExpectedRevision }
  | { readonly kind: 'metadata'; readonly stream: string; readonly metadata: StreamMetadata };
type Maintenance = { readonly kind: 'reopen' | 'scavenge' | 'compact' };
type Step = Write | Maintenance;

const isWrite = (step: Step): step is Write => step.kind !== 'reopen' && step.kind !== 'scavenge' && step.kind !== 'compact';

const stream = fc.constantFrom(...STREAMS);
const word = fc.constantFrom<ExpectedRevision>('any', 'no-stream', 'stream-exists');
const append = fc.record({
  kind: fc.constant('append' as const),
  stream,
  ids: fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }), // few ids, so that they repeat
  expected: fc.oneof<fc.Arbitrary<ExpectedRevision | 'current' | 'before'>[]>(word, fc.nat(12), fc.constantFrom('current' as const, 'before' as const)),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: append },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), stream, expected: fc.oneof(word, fc.nat(12)) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tombstone' as const), stream, expected: fc.oneof(word, fc.nat(12)) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('metadata' as const),
      stream,
      metadata: fc.oneof(fc.record({ $maxCount: fc.integer({ min: 1, max: 4 }) }), fc.record({ $tb: fc.nat(9) })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('reopen' as const, 'scavenge' as const, 'compact' as const) }) },
);

const uuid = (id: number) => `00000000-0000-4000-8000-${id.toString(16).padStart(12, '0')}`;
const newEvent = (id: number) => ({ id: uuid(id), type: 'said', data: Buffer.from(`${id}`), metadata: Buffer.alloc(0) });

/** Runs a command on the model and the store; the store's answers are awaited together, so that several join a commit. */
function ask(model: Model, store: EventStore, step: Write): { readonly expected: AppendResult; readonly answer: Promise<AppendResult> } {
  switch (step.kind) {
    case 'append': {
      const last = lastOf(model, step.stream);
      const exact = Math.max(0, deleted(model, step.stream) ? 0 : step.expected === 'current' ? last : last - 1);
      const expected = step.expected === 'current' || step.expected === 'before' ? (last < 0 ? 'no-stream' : exact) : step.expected;
      const answer = store.append(step.stream, step.ids.map(newEvent), expected);
      return { expected: modelAppend(model, step.stream, step.ids.map(uuid), expected), answer };
    }
    case 'delete': {
      const answer = store.deleteStream(step.stream, step.expected);
      return { expected: modelSoftDelete(model, step.stream, step.expected), answer };
    }
    case 'tombstone': {
      const answer = store.tombstone(step.stream, step.expected);
      return { expected: modelDelete(model, step.stream, step.expected, () => put(model, step.stream, 'generated', TOMBSTONE_REVISION)), answer };
    }
    case 'metadata': {
      const answer = store.setStreamMetadata(step.stream, step.metadata);
      return { expected: deleted(model, step.stream) ? { outcome: 'stream-deleted' } : putMetadata(model, step.stream, step.metadata), answer };
    }
  }
}

async function sameAsModel(t: { readonly deepEqual: (actual: unknown, expected: unknown) => boolean }, model: Model, store: EventStore): Promise<void> {
  const all = await collect(store.readAll());
  t.deepEqual(
    all.map(({ position, revision, stream }) => ({ position, revision, stream })),
    model.log.map(({ position, revision, stream }) => ({ position, revision, stream })),
  );
  t.deepEqual(
    (await collect(store.readAll({ direction: 'backwards' }))).map(({ position }) => position),
    model.log.map(({ position }) => position).reverse(),
  );
  for (const name of STREAMS) {
    const [forwards, backwards] = [store.readStream(name), store.readStream(name, { direction: 'backwards' })];
    const shown = readable(model, name);
    t.deepEqual(forwards.outcome === 'found' ? [...forwards.events].map(({ revision }) => revision) : forwards.outcome, shown);
    t.deepEqual(backwards.outcome === 'found' ? [...backwards.events].map(({ revision }) => revision).reverse() : backwards.outcome, shown);
  }
}

test('the store answers and reads as the model does, over any sequence of appends, deletions, metadata, scavenges and restarts', async (t) => {
  t.timeout(240_000);
  const check = fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 14 }), async (groups) => {
    const folder = mkdtempSync(join(tmpdir(), 'tidings-model-'));
    const model = emptyModel();
    let store = await openEventStore(folder);
    try {
      for (const group of groups) {
        const asked = group.filter(isWrite).map((step) => ask(model, store, step));
        t.deepEqual(
          await Promise.all(asked.map(({ answer }) => answer)),
          asked.map(({ expected }) => expected),
        );
        if (group.some(({ kind }) => kind === 'scavenge' || kind === 'compact')) {
          await store.scavenge({ compact: group.some(({ kind }) => kind === 'compact') });
          modelScavenge(model);
        }
        if (group.some(({ kind }) => kind === 'reopen')) {
          await store[Symbol.asyncDispose]();
          store = await openEventStore(folder);
        }
      }
      await sameAsModel(t, model, store);
      await store.verify();
    } finally {
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    }
  });
  await fc.assert(check, { numRuns: 60 });
});
