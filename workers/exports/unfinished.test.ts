/** Exports of which something is in the way: their owners leave and come again, they come to no end, or many others wait. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { channel } from '../../domain/chat/channel.ts';
import { readsFrom } from '../../domain/chat/channel-state.ts';
import { EXPORT_KEPT_DAYS, exportOf } from '../../domain/exports/export.ts';
import type { ExportDocument } from '../../projections/read-models/exports.ts';
import type { ChannelId, ExportId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, instant, plus } from '../../domain/shared/instant.ts';
import { channelStream, exportStream, userStream } from '../../domain/shared/streams.ts';
import { inboxId } from '../../projections/read-models/chat/inbox.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';
import { endExportsOfErased } from './end-exports-of-erased.ts';
import { channelSections } from './channel-sections.ts';
import { makeExportPart, type MakingDependencies } from './make-exports.ts';
import { sweepExports } from './sweep-exports.ts';

const SECRET = Buffer.from('the secret of a test');

let work: TestWorkers;
// No worker of these roles makes exports: the tests do what a worker would.
test.before(async () => void (work = await startWorkersForTest({ roles: ['fan-out'] })));
test.after.always(() => work[Symbol.asyncDispose]());

type Group = { readonly eve: PersonId; readonly dan: PersonId; readonly group: ChannelId };

async function givenGroup(): Promise<Group> {
  const [eve, dan] = [await work.person(randomUUID()), await work.person(randomUUID())];
  const { id: group } = await work.commands.openGroupChannel({ person: eve, members: [dan] }, work.by(eve));
  await work.commands.acceptInvitation({ person: dan, channel: group }, work.by(dan));
  return { eve, dan, group };
}

const UNCHANGED = { outcome: 'unchanged', stream: 's', revision: 0, position: undefined } as const;

const say = ({ eve, group }: Group, text: string) => work.commands.postMessage({ channel: group, sender: eve, text, clientId: randomUUID() }, work.by(eve));

/** What was said in between is not for whoever comes again. */
async function leaveAndComeAgain(of: Group): Promise<void> {
  const { eve, dan, group } = of;
  await work.commands.removeMember({ person: eve, channel: group, member: dan }, work.by(eve));
  await work.commands.setChannelHistory({ person: eve, channel: group, history: 'since-joining' }, work.by(eve));
  await say(of, 'While he was away');
  await work.commands.addMember({ person: eve, channel: group, member: dan }, work.by(eve));
  await work.commands.acceptInvitation({ person: dan, channel: group }, work.by(dan));
}

const dependencies = (): MakingDependencies => ({ ...work, reader: work, store: work.mediaStore, secret: SECRET });

async function ask({ dan, group }: Group): Promise<ExportId> {
  const { id, handled } = await work.commands.requestExport({ person: dan, subject: { kind: 'channel', channel: group } }, work.by(dan));
  if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
  return id;
}

const stateOf = async (id: ExportId) => (await work.loadState(exportOf, exportStream(id))).state;

test.serial('who leaves between two parts and comes again takes nothing along of what was said meanwhile', async (t) => {
  const given = await givenGroup();
  const { dan, group } = given;
  await say(given, 'Before');
  await leaveAndComeAgain(given);
  await say(given, 'Afterwards');
  await work.untilIdle();
  const { state } = await work.loadState(channel, channelStream(group));
  const from = readsFrom(state, dan) ?? -1;
  const [, messages] = channelSections(work.views, { channel: group, from, endsAt: plus(work.clock(), DAY_MS), blocksOwner: async () => false });
  const { rows } = (await messages?.read('0')) ?? { rows: [] };
  const texts = rows.flatMap(({ json }) => (json as { readonly text: string | null }).text ?? []);
  t.deepEqual(texts, ['Afterwards']);
});

test.serial('who leaves while a part is being made and comes again has it made anew', async (t) => {
  const given = await givenGroup();
  await say(given, 'Before');
  const id = await ask(given);
  const real = dependencies();
  const put: MakingDependencies['store']['put'] = async (...of) => {
    await leaveAndComeAgain(given);
    return real.store.put(...of);
  };
  await t.throwsAsync(makeExportPart({ ...real, store: { read: (...of) => real.store.read(...of), put } })({ data: { export: id } }));
  t.like(await stateOf(id), { status: 'making', parts: 0 });
  await makeExportPart(real)({ data: { export: id } });
  t.like(await stateOf(id), { status: 'making', parts: 1 });
});

test.serial('an export that can’t be made is not tried for ever', async (t) => {
  const given = await givenGroup();
  const id = await ask(given);
  const failing: MakingDependencies = {
    ...dependencies(),
    waitForViews: async () => {
      throw new Error('something is broken');
    },
  };
  await t.throwsAsync(makeExportPart(failing)({ data: { export: id } }));
  const days = EXPORT_KEPT_DAYS + 2;
  work.time.setBy(days * DAY_MS);
  await makeExportPart(failing)({ data: { export: id } });
  work.time.setBy(-days * DAY_MS);
  t.like(await stateOf(id), { status: 'ended' });
});

test.serial('what has ended is removed however many others are being made', async (t) => {
  const due = instant(1);
  const asked: unknown[] = [];
  const ended: string[] = [];
  const stored = (status: ExportDocument['status'], count: number) =>
    Array.from({ length: count }, (_, i) => ({ export: `${status}-${i}`, status, parts: 0, reason: 'deleted', dueAt: due }) as unknown as ExportDocument);
  const all = [...stored('making', 500), ...stored('ended', 1), ...stored('ready', 1)];
  const find = (async (_collection: string, { where, limit }: { readonly where?: { readonly status: string }; readonly limit: number }) =>
    all.filter(({ status }) => where === undefined || status === where.status).slice(0, limit)) as unknown as TestWorkers['views']['find'];
  const sweep = sweepExports({
    ...work,
    store: work.mediaStore,
    secret: SECRET,
    views: { find },
    jobs: { add: async (_queue, jobs) => void asked.push(...jobs) },
    commands: {
      endExport: async ({ export: id }) => (ended.push(id), UNCHANGED),
      removeExport: async ({ export: id }) => (ended.push(id), UNCHANGED),
    },
  });
  await sweep.sweep();
  t.deepEqual(ended.toSorted(), ['ended-0', 'ready-0']);
  t.is(asked.length, 200);
});

test.serial('who is erased takes their imported words out of exports as well, never having been a member', async (t) => {
  const given = await givenGroup();
  const { group } = given;
  const cyd = await work.person(randomUUID());
  const messages = [{ key: '1', sender: cyd, at: work.clock(), text: 'Said elsewhere' }];
  const importing = { contextFor: work.contextFor, actor: 'local', at: work.clock() };
  const [imported] = await work.commands.importMessages({ channel: group, source: 'elsewhere/C01', system: 'elsewhere', messages }, importing);
  t.is(imported?.outcome, 'imported');
  const id = await ask(given);
  await work.untilIdle();
  t.is(await work.views.get('inbox', inboxId(cyd, group)), undefined);
  await work.commands.erasePerson({ person: cyd }, work.by(cyd));
  await work.untilIdle();
  const [stored] = await Array.fromAsync(work.log.readStream(userStream(cyd), { from: 'end', direction: 'backwards', limit: 1 }));
  if (stored === undefined) return t.fail('nobody was erased');
  await endExportsOfErased({ ...work }).react((await work.codec.decode(stored)) as never);
  t.like(await stateOf(id), { status: 'ended' });
});
