/** Notifications to lists: planned range by range, each member once, whoever stops, starts and repeats. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import type { RequestNotification } from '../../../commands/notifications/notifications.ts';
import { campaign, RANGE_MAX } from '../../../domain/notifications/lists/campaign.ts';
import type { ListId, NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from '../../../domain/shared/instant.ts';
import { campaignStream } from '../../../domain/shared/streams.ts';
import { START } from '../../test-fixture.ts';
import { listOf, memberNumbered } from '../faults/campaigns.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { CAMPAIGNS_QUEUE } from './campaign-jobs.ts';
import { planCampaignRange } from './plan-range.ts';

/** `TIDINGS_TEST_CAMPAIGN_MEMBERS=20000` is the full run. */
const MEMBERS = Number(process.env['TIDINGS_TEST_CAMPAIGN_MEMBERS'] ?? 1_700);
const PATIENCE_MS = 5 * 60_000;
const PAGE_MAX = 1_000;

type Given = Awaited<ReturnType<typeof startDeliveriesForTest>>;

const strangers = (count: number): readonly PersonId[] => Array.from({ length: count }, (_, n) => memberNumbered(n));

const toList = (given: Given, list: ListId, fields: Partial<RequestNotification> = {}) => given.request({ recipients: [], list, ...fields });

const progressOf = async ({ work }: Given, notification: NotificationId) => (await work.loadState(campaign, campaignStream(notification))).state;
const progressIn = ({ work }: Given, notification: NotificationId) => work.views.get('campaigns', notification);
const untilFinished = ({ work }: Given, notification: NotificationId) =>
  work.advanceUntil(async () => (await work.views.get('campaigns', notification))?.status === 'finished', { stepMs: SECOND_MS });

/** Every recipient of the notification, however many. */
async function recipientsOf({ work }: Given, notification: NotificationId): Promise<readonly PersonId[]> {
  const found: PersonId[] = [];
  for (let after = ''; ;) {
    const page = await work.views.find('deliveries', { where: { notification }, range: { field: '_id', after }, order: { _id: 1 }, limit: PAGE_MAX });
    found.push(...page.map(({ recipient }) => recipient));
    if (page.length < PAGE_MAX) return found;
    after = page.at(-1)?._id ?? '';
  }
}

async function expectEachOnce(t: ExecutionContext, given: Given, notification: NotificationId, members: readonly PersonId[]): Promise<void> {
  t.deepEqual((await recipientsOf(given, notification)).toSorted(), members.toSorted());
}

test('a notification to a list reaches its members at that time, and nobody else', async (t) => {
  await using given = await startDeliveriesForTest(4);
  const { work, app, recipients } = given;
  const [gone, late, ...others] = recipients;
  if (gone === undefined || late === undefined) return t.fail();
  const list = await listOf(given, [gone, ...others, ...others]);
  const notification = await toList(given, list, { sendAt: plus(work.clock(), HOUR_MS) });
  await work.untilIdle();
  t.like(await progressIn(given, notification), { list, app, status: 'planning', total: null, planned: 0 });
  await work.commands.changeList({ app, list, add: [late], remove: [gone] }, work.by(`app:${app}`));
  await work.advanceUntil(async () => (await progressIn(given, notification))?.status === 'finished', { stepMs: MINUTE_MS });
  t.like(await progressIn(given, notification), { because: 'planned', total: 3, planned: 3, ranges: 1 });
  await given.untilEnded(notification, { count: 3 });
  t.deepEqual(new Set((await given.sent()).map(({ notification: of }) => of)), new Set([notification]));
  await expectEachOnce(t, given, notification, [late, ...others]);
});

test('a long list is planned in ranges at its rate, is paused and resumed, and each member is planned once', async (t) => {
  await using given = await startDeliveriesForTest(0);
  const { work, app } = given;
  const members = strangers(95);
  const notification = await toList(given, await listOf(given, members), { ratePerMinute: 60, ttlSeconds: 24 * 3_600 });
  await work.advanceUntil(async () => ((await progressIn(given, notification))?.planned ?? 0) >= 20, { stepMs: SECOND_MS });
  const steer = (to: 'pause' | 'resume') => work.commands.steerCampaign({ notification, app, to }, work.by(`app:${app}`));
  t.is((await steer('pause')).outcome, 'appended');
  await work.time.advance(10 * MINUTE_MS);
  await work.untilIdle();
  const atPause = (await recipientsOf(given, notification)).length;
  t.true(atPause < members.length);
  t.like(await progressIn(given, notification), { status: 'paused', total: members.length, planned: atPause });
  t.is((await steer('resume')).outcome, 'appended');
  const waitedMs = await untilFinished(given, notification);
  t.true(waitedMs >= ((members.length - atPause - 10) / 60) * MINUTE_MS, `planned within ${waitedMs} ms`);
  t.like(await progressIn(given, notification), { because: 'planned', planned: members.length, ranges: Math.ceil(members.length / 10) });
  await expectEachOnce(t, given, notification, members);
  t.deepEqual(await steer('pause'), { outcome: 'refused', refusal: { code: 'campaign-finished' } });
});

test('a cancelled notification is planned no further, and what was planned is cancelled or suppressed', async (t) => {
  await using given = await startDeliveriesForTest(0);
  const { work, app } = given;
  const notification = await toList(given, await listOf(given, strangers(60)), { ratePerMinute: 60 });
  await work.advanceUntil(async () => ((await progressIn(given, notification))?.planned ?? 0) >= 10, { stepMs: SECOND_MS });
  await work.commands.cancelNotification({ notification, app }, work.by(`app:${app}`));
  await work.untilIdle();
  const planned = (await recipientsOf(given, notification)).length;
  await work.time.advance(10 * MINUTE_MS);
  await work.untilIdle();
  t.is((await recipientsOf(given, notification)).length, planned);
  t.true(planned < 60);
  t.like(await progressIn(given, notification), { cancelled: true });
});

test('a campaign ends when it expires, when its list is removed, and when its app is disabled', async (t) => {
  await using given = await startDeliveriesForTest(0);
  const { work, app } = given;
  const [expiring, removed] = [await listOf(given, strangers(30)), await listOf(given, strangers(30))];
  const slow = { ratePerMinute: 6 };
  const because = async (notification: NotificationId) => {
    await untilFinished(given, notification);
    return (await progressIn(given, notification))?.because;
  };
  t.is(await because(await toList(given, expiring, { ...slow, ttlSeconds: 60 })), 'expired');
  const second = await toList(given, removed, slow);
  await work.advanceUntil(async () => ((await progressIn(given, second))?.planned ?? 0) >= 1, { stepMs: SECOND_MS });
  await work.commands.removeList({ app, list: removed }, work.by(`app:${app}`));
  t.is(await because(second), 'list-removed');
  const third = await toList(given, expiring, slow);
  await work.advanceUntil(async () => ((await progressIn(given, third))?.planned ?? 0) >= 1, { stepMs: SECOND_MS });
  await work.commands.disableApp({ app }, work.by('admin'));
  t.is(await because(third), 'app-disabled');
});

test('members of a list count towards the quota of recipients, and wait until there is room', async (t) => {
  await using given = await startDeliveriesForTest(0);
  const { work, app } = given;
  const members = strangers(25);
  const list = await listOf(given, members);
  await work.commands.setAppQuota({ app, quota: { recipientsPerHour: 10 } }, work.by('admin'));
  const notification = await toList(given, list, { ttlSeconds: 24 * 3_600 });
  await work.untilIdle();
  t.like(await progressIn(given, notification), { status: 'planning', total: 25, planned: 10 });
  await work.commands.setAppQuota({ app, quota: { recipientsPerHour: 1_000 } }, work.by('admin'));
  await work.advanceUntil(async () => (await progressIn(given, notification))?.status === 'finished', { stepMs: 5 * MINUTE_MS });
  await expectEachOnce(t, given, notification, members);
});

test('while the view is behind what the list had at the request, nothing is planned of it', async (t) => {
  await using given = await startDeliveriesForTest(0);
  const { work } = given;
  const members = strangers(5);
  const list = await listOf(given, members);
  let isBehind = true;
  const views = { ...work.views };
  const behind: Pick<typeof work.views, 'get'> = {
    get: async (collection, id) => {
      const found = await views.get(collection, id);
      return collection === 'lists' && isBehind && found !== undefined ? { ...found, revision: 0 } : found;
    },
  };
  Object.assign(work.views, behind);
  const notification = await toList(given, list);
  await work.time.advance(MINUTE_MS);
  await work.untilIdle();
  t.is((await progressOf(given, notification)).status, 'none');
  isBehind = false;
  await untilFinished(given, notification);
  await expectEachOnce(t, given, notification, members);
});

test('the end of a campaign that can’t be recorded now is recorded later: until then it is open', async (t) => {
  const finished: string[] = [];
  const context = { outcome: 'accepted', context: {} };
  const planning = { loadState: async () => ({ state: { status: 'none' } }), clock: () => START };
  const commands = { commandCampaign: async () => ({ outcome: 'refused', refusal: { code: 'write-contention' } }) };
  const plan = planCampaignRange({
    planning,
    campaigns: { commands, contextFor: () => context },
    loadNotification: async () => ({ requested: { list: { list: 'l' }, expiresAt: START }, cancelled: false }),
    progress: { finish: (_: string, id: string) => void finished.push(id) },
  } as unknown as Parameters<typeof planCampaignRange>[0]);
  await t.throwsAsync(plan({ data: { notification: 'n', openedBy: 'e' } }), { message: /write-contention/ });
  t.deepEqual(finished, []);
});

test('a range that several workers plan at once is recorded once, and its members are planned once', async (t) => {
  await using given = await startDeliveriesForTest(0);
  const { work } = given;
  const members = strangers(2 * RANGE_MAX + 1);
  const notification = await toList(given, await listOf(given, members), { sendAt: plus(work.clock(), HOUR_MS) });
  await work.untilIdle();
  await work.time.advance(HOUR_MS);
  for (let n = 0; n < 20; n++) await work.jobs.add(CAMPAIGNS_QUEUE, [{ id: `again-${n}`, data: { notification, openedBy: 'somebody' } }]);
  await untilFinished(given, notification);
  t.like(await progressIn(given, notification), { planned: members.length, ranges: 3 });
  await expectEachOnce(t, given, notification, members);
});

test('a process that is killed amid a list is followed by one that goes on where it was, and no member is planned twice', async (t) => {
  t.timeout(PATIENCE_MS);
  const folder = await mkdtemp(join(tmpdir(), 'tidings-lists-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const notification = await killedIn(folder, 1);
  await using again = await startDeliveriesForTest(0, {}, { folder, startAt: plus(START, MINUTE_MS) });
  const before = await progressOf(again, notification);
  t.true(before.status === 'planning' && before.ranges >= 1 && before.planned < MEMBERS);
  await untilFinished(again, notification);
  t.like(await progressOf(again, notification), { status: 'finished', total: MEMBERS, planned: MEMBERS, ranges: Math.ceil(MEMBERS / RANGE_MAX) });
  await expectEachOnce(t, again, notification, strangers(MEMBERS));
});

/** Kills a process that plans for the members once it has recorded so many ranges. */
async function killedIn(folder: string, ranges: number): Promise<NotificationId> {
  const args = [fileURLToPath(import.meta.resolve('../faults/campaign-process.ts')), folder, String(MEMBERS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.pipe(process.stderr);
  const exited = once(child, 'exit');
  let notification: NotificationId | undefined;
  let recorded = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (notification === undefined) notification = JSON.parse(line) as NotificationId;
    else if (++recorded === ranges) child.kill('SIGKILL');
  }
  await exited;
  if (child.signalCode !== 'SIGKILL' || notification === undefined)
    throw new Error(`The process was not killed in the middle: it had recorded ${recorded} ranges.`);
  return notification;
}
