/** Making exports: whole and once, whoever makes them and whatever stops in between, and only what their owner may read. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { fromBufferPromise } from 'yauzl';
import { partPlacesOf } from '../../commands/exports/export-places.ts';
import { openArchive } from '../../commands/exports/open-archive.ts';
import { exportOf } from '../../domain/exports/export.ts';
import { exportPlaceOf } from '../../domain/exports/place.ts';
import type { ExportSubject } from '../../domain/exports/events.ts';
import type { ChannelId, ExportId, PersonId } from '../../domain/shared/ids.ts';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import { exportStream, userStream } from '../../domain/shared/streams.ts';
import { readEncrypted } from '../../ports/media/encrypted-objects.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';
import { endExportsOfErased } from './end-exports-of-erased.ts';
import { makeExportPart, type MakingDependencies } from './make-exports.ts';
import { sweepExports } from './sweep-exports.ts';

const SECRET = Buffer.from('the secret of a test');
/** More than fit into two parts. */
const MESSAGES = 1_050;

let work: TestWorkers;
let ann: PersonId;
let bob: PersonId;
let channel: ChannelId;
// No worker of these roles makes exports: the tests do what a worker would.
test.before(async () => {
  work = await startWorkersForTest({ roles: ['fan-out'] });
  [ann, bob] = [await work.person(randomUUID()), await work.person(randomUUID())];
  channel = await direct(ann, bob);
  for (let i = 0; i < MESSAGES; i++) await say(i % 3 === 0 ? ann : bob, channel, `Message ${i}`);
});
test.after.always(() => work[Symbol.asyncDispose]());

async function direct(one: PersonId, other: PersonId): Promise<ChannelId> {
  await work.commands.openDirectChannel({ person: one, other }, work.by(one));
  return (await work.commands.openDirectChannel({ person: other, other: one }, work.by(other))).id;
}

async function say(sender: PersonId, to: ChannelId, text: string): Promise<void> {
  const handled = await work.commands.postMessage({ channel: to, sender, text, clientId: randomUUID() }, work.by(sender));
  if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
}

const dependencies = (): MakingDependencies => ({ ...work, reader: work, store: work.mediaStore, secret: SECRET });

async function ask(person: PersonId, subject: ExportSubject): Promise<ExportId> {
  const { id, handled } = await work.commands.requestExport({ person, subject }, work.by(person));
  if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
  return id;
}

const stateOf = async (id: ExportId) => (await work.loadState(exportOf, exportStream(id))).state;

/** One job after the other, as long as something is to be made. */
async function makeAll(id: ExportId, with_: MakingDependencies = dependencies()): Promise<number> {
  for (let jobs = 0; ; jobs++) {
    if ((await stateOf(id)).status !== 'making') return jobs;
    if (jobs > 100) throw new Error('It comes to no end.');
    await makeExportPart(with_)({ data: { export: id } });
  }
}

const textsIn = async (id: ExportId): Promise<readonly string[]> => (await linesIn(id)).map(({ text }) => String(text));

type Line = { readonly text: unknown };

async function linesIn(id: ExportId): Promise<readonly Line[]> {
  const archive = await openArchive(work)(id);
  if (archive === undefined) throw new Error('It isn’t ready.');
  const parts = await Promise.all(
    archive.parts.map(async ({ object, bytes, iv }) => {
      const clear = await readEncrypted(work.mediaStore, exportPlaceOf(object), { secret: archive.secret, iv }, { from: 0, to: bytes - 1 });
      return Buffer.concat(await Array.fromAsync(clear as AsyncIterable<Buffer>));
    }),
  );
  const zip = await fromBufferPromise(Buffer.concat([...parts, archive.directory]), { lazyEntries: true, validateEntrySizes: true });
  const lines: Line[] = [];
  for await (const entry of zip.eachEntry()) {
    if (!/^messages\/.*ndjson$/.test(entry.fileName)) continue;
    const content = Buffer.concat(await Array.fromAsync(await zip.openReadStreamPromise(entry))).toString();
    lines.push(
      ...content
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Line),
    );
  }
  return lines;
}

const ALL = Array.from({ length: MESSAGES }, (_, i) => `Message ${i}`);
const ofChannel = (): ExportSubject => ({ kind: 'channel', channel });

test.serial('a worker that is cut off at any step leaves what another goes on with, and every message is in it once', async (t) => {
  const id = await ask(ann, ofChannel());
  const killed = () => {
    throw new Error('killed');
  };
  const real = dependencies();
  const cuts: readonly MakingDependencies[] = [
    { ...real, store: { ...real.store, put: async () => killed() } },
    {
      ...real,
      store: {
        read: (...of) => real.store.read(...of),
        put: async (key, bytes) => {
          await real.store.put(key, bytes);
          return killed();
        },
      },
    },
    { ...real, commands: { ...real.commands, recordExportPart: async () => killed() } },
    {
      ...real,
      commands: {
        ...real.commands,
        recordExportPart: async (of, context) => {
          await real.commands.recordExportPart(of, context);
          return killed();
        },
      },
    },
    { ...real, commands: { ...real.commands, finishExport: async () => killed() } },
  ];
  for (let round = 0; (await stateOf(id)).status === 'making'; round++) {
    t.true(round < 30);
    for (const cut of cuts) await makeExportPart(cut)({ data: { export: id } }).catch((error: unknown) => t.is((error as Error).message, 'killed'));
    await makeExportPart(real)({ data: { export: id } });
  }
  t.deepEqual(await textsIn(id), ALL);
});

test.serial('two workers at once record each part once', async (t) => {
  const id = await ask(bob, ofChannel());
  const job = makeExportPart(dependencies());
  for (let round = 0; (await stateOf(id)).status === 'making'; round++) {
    t.true(round < 30);
    await Promise.all([job({ data: { export: id } }), job({ data: { export: id } }), job({ data: { export: id } })]);
  }
  t.deepEqual(await textsIn(id), ALL);
});

test.serial('what a person wrote is found in all channels, also behind long stretches of others', async (t) => {
  const cyd = await work.person(randomUUID());
  const [quiet, busy] = [await direct(cyd, ann), await direct(cyd, bob)];
  await say(ann, quiet, 'Not mine');
  await say(cyd, busy, 'Mine first');
  for (let i = 0; i < 30; i++) await say(bob, busy, `Not mine ${i}`);
  await say(cyd, busy, 'Mine last');
  const id = await ask(cyd, { kind: 'person' });
  await makeAll(id);
  t.deepEqual(await textsIn(id), ['Mine first', 'Mine last']);
  const own = await ask(ann, { kind: 'person' });
  await makeAll(own);
  t.deepEqual((await textsIn(own)).toSorted(), [...ALL.filter((_, i) => i % 3 === 0), 'Not mine'].toSorted());
});

test.serial('who leaves while it is made takes nothing along, and who was never there asks for nothing', async (t) => {
  const [eve, dan] = [await work.person(randomUUID()), await work.person(randomUUID())];
  const { id: group } = await work.commands.openGroupChannel({ person: eve, members: [dan] }, work.by(eve));
  await work.commands.acceptInvitation({ person: dan, channel: group }, work.by(dan));
  await say(eve, group, 'Before');
  const id = await ask(dan, { kind: 'channel', channel: group });
  await makeExportPart(dependencies())({ data: { export: id } });
  await work.commands.removeMember({ person: eve, channel: group, member: dan }, work.by(eve));
  await makeAll(id);
  t.like(await stateOf(id), { status: 'ended' });
  t.is(await openArchive(work)(id), undefined);
  const { handled } = await work.commands.requestExport({ person: ann, subject: { kind: 'channel', channel: group } }, work.by(ann));
  t.is(handled.outcome === 'refused' && handled.refusal.code, 'channel-unknown');
});

test.serial('a member who leaves between reading and recording takes nothing along either', async (t) => {
  const [eve, dan] = [await work.person(randomUUID()), await work.person(randomUUID())];
  const { id: group } = await work.commands.openGroupChannel({ person: eve, members: [dan] }, work.by(eve));
  await work.commands.acceptInvitation({ person: dan, channel: group }, work.by(dan));
  await say(eve, group, 'Before');
  const id = await ask(dan, { kind: 'channel', channel: group });
  const real = dependencies();
  const put: MakingDependencies['store']['put'] = async (...of) => {
    await work.commands.removeMember({ person: eve, channel: group, member: dan }, work.by(eve));
    return real.store.put(...of);
  };
  await makeExportPart({ ...real, store: { read: (...of) => real.store.read(...of), put } })({ data: { export: id } });
  t.like(await stateOf(id), { status: 'ended' });
});

test.serial('messages that are to disappear before the export does are left out, and told of', async (t) => {
  const eve = await work.person(randomUUID());
  const pair = await direct(eve, bob);
  await say(eve, pair, 'Stays');
  const set = await work.commands.setDisappearing({ person: eve, channel: pair, afterSeconds: 3_600 }, work.by(eve));
  t.is(set.outcome, 'appended');
  await say(eve, pair, 'Goes');
  const id = await ask(eve, { kind: 'channel', channel: pair });
  await makeAll(id);
  t.false((await textsIn(id)).includes('Goes'));
  t.true((await textsIn(id)).includes('Stays'));
});

test.serial('a quote is there as long as what it quotes, and of who blocks the owner there is the id and no name', async (t) => {
  const [eve, dan] = [await work.person(randomUUID()), await work.person('Dan the Blocker')];
  const pair = await direct(eve, dan);
  for (const text of ['One word of mine', 'Another word of mine']) await say(dan, pair, text);
  for (const replyTo of [0, 1]) {
    const quote = { from: 0, to: 3 };
    const handled = await work.commands.postMessage({ channel: pair, sender: eve, text: 'Indeed', clientId: randomUUID(), replyTo, quote }, work.by(eve));
    t.is(handled.outcome, 'appended');
  }
  await work.commands.withdrawMessage({ person: dan, channel: pair, message: 1 }, work.by(dan));
  await work.commands.block({ person: dan, other: eve }, work.by(dan));
  const id = await ask(eve, { kind: 'channel', channel: pair });
  await makeAll(id);
  const lines = (await linesIn(id)) as readonly { readonly text: string | null; readonly quote?: string; readonly name?: string }[];
  t.deepEqual(
    lines.map(({ text, quote }) => [text, quote]),
    [
      ['One word of mine', undefined],
      [null, undefined],
      ['Indeed', 'One'],
      ['Indeed', undefined],
    ],
  );
  t.false(JSON.stringify(lines).includes('Dan the Blocker'));
});

test.serial('an erased person’s words leave the exports of others, and their own can be read by nobody', async (t) => {
  const [eve, dan] = [await work.person(randomUUID()), await work.person(randomUUID())];
  const pair = await direct(eve, dan);
  await say(eve, pair, 'Hello');
  const [theirs, own, making] = [
    await ask(dan, { kind: 'channel', channel: pair }),
    await ask(eve, { kind: 'person' }),
    await ask(eve, { kind: 'channel', channel: pair }),
  ];
  await makeAll(theirs);
  await makeAll(own);
  t.deepEqual(await textsIn(theirs), ['Hello']);
  await work.commands.erasePerson({ person: eve }, work.by(eve));
  await work.untilIdle();
  t.is(await openArchive(work)(own), undefined);
  await makeExportPart(dependencies())({ data: { export: making } });
  t.like(await stateOf(making), { status: 'ended' });
  const event = await erasedEvent(eve);
  const reactor = endExportsOfErased({ ...work });
  await reactor.react(event as never);
  await reactor.react(event as never);
  t.is(await openArchive(work)(theirs), undefined);
  t.like(await stateOf(theirs), { status: 'ended' });
  await work.untilIdle();
  const sweep = sweepExports({ ...work, store: work.mediaStore, secret: SECRET });
  await sweep.sweep();
  t.deepEqual(await work.mediaStore.list(partPlacesOf(SECRET, own)), []);
  work.time.setBy(61 * MINUTE_MS);
  await sweep.sweep();
  t.deepEqual(await work.mediaStore.list(partPlacesOf(SECRET, theirs)), []);
  await work.untilIdle();
  for (const id of [own, theirs, making]) t.is((await stateOf(id)).status, 'removed');
  work.time.setBy(-61 * MINUTE_MS);
});

async function erasedEvent(person: PersonId) {
  for await (const stored of work.log.readStream(userStream(person))) {
    const event = await work.codec.decode(stored);
    if (event.type === 'people.person-erased.v1') return event;
  }
  throw new Error('nobody was erased');
}

test.serial('an export that nobody goes on with is found again', async (t) => {
  const id = await ask(bob, ofChannel());
  await makeExportPart(dependencies())({ data: { export: id } });
  await work.untilIdle();
  const added: unknown[] = [];
  const sweep = sweepExports({ ...work, store: work.mediaStore, secret: SECRET, jobs: { add: async (_queue, jobs) => void added.push(...jobs) } });
  await sweep.sweep();
  t.deepEqual(added, []);
  work.time.setBy(6 * MINUTE_MS);
  await sweep.sweep();
  work.time.setBy(-6 * MINUTE_MS);
  t.deepEqual(
    added.filter((job) => (job as { readonly data: { readonly export: string } }).data.export === (id as string)),
    [{ id: `${id}:1`, data: { export: id } }],
  );
});
