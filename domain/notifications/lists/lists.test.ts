import test from 'ava';
import { given } from '../../shared/given-when-then.ts';
import type { AppId, ListId, NotificationId, PersonId } from '../../shared/ids.ts';
import { instant, MINUTE_MS, plus, SECOND_MS } from '../../shared/instant.ts';
import { campaign, RANGE_MAX, rangeSizeOf } from './campaign.ts';
import type { CampaignEvent, ListEvent } from './events.ts';
import { list as listDecider, MEMBERS_IN_CHANGE_MAX, MEMBERS_IN_EVENT_MAX } from './list.ts';

const at = instant(0);
const list = 'list' as ListId;
const app = 'shop' as AppId;
const of = { list, app, appState: { status: 'active' }, at } as const;
const create = { type: 'create', ...of, name: 'Subscribers' } as const;
const created: ListEvent = { type: 'notifications.list-created.v1', data: { list, app, name: 'Subscribers', at } };
const removed: ListEvent = { type: 'notifications.list-removed.v1', data: { list, app, at } };
const people = (count: number) => Array.from({ length: count }, (_, n) => `person-${n}` as PersonId);
const changed = (what: 'added' | 'removed', members: readonly PersonId[]): ListEvent => ({
  type: `notifications.list-members-${what}.v1`,
  data: { list, app, members, at },
});

test('a list is created once, with a name', (t) => {
  given(listDecider).when(create).then(t, created);
  given(listDecider, created).when(create).then(t);
  given(listDecider)
    .when({ ...create, name: ' ' })
    .thenRefused(t, 'name-empty');
  given(listDecider)
    .when({ ...create, name: 'a'.repeat(101) })
    .thenRefused(t, 'name-too-long', { length: 101, max: 100 });
  given(listDecider)
    .when({ ...create, appState: { status: 'disabled' } })
    .thenRefused(t, 'app-disabled');
});

test('a change names each member once, in events of a bounded size, those who leave last', (t) => {
  const members = people(MEMBERS_IN_EVENT_MAX + 1);
  const [first] = members;
  if (first === undefined) return t.fail();
  given(listDecider, created)
    .when({ type: 'change', ...of, add: [...members, first], remove: [first, first] })
    .then(t, changed('added', members.slice(0, -1)), changed('added', members.slice(-1)), changed('removed', [first]));
  given(listDecider, created)
    .when({ type: 'change', ...of, add: [], remove: [] })
    .then(t);
  const tooMany = people(MEMBERS_IN_CHANGE_MAX);
  given(listDecider, created)
    .when({ type: 'change', ...of, add: tooMany, remove: [first] })
    .thenRefused(t, 'too-many-members', { max: MEMBERS_IN_CHANGE_MAX });
});

test('another app’s list, and one that was removed, are answered as one that isn’t there', (t) => {
  const change = { type: 'change', ...of, add: people(1), remove: [] } as const;
  const remove = { type: 'remove', ...of } as const;
  const other = 'bank' as AppId;
  for (const command of [change, remove, create])
    given(listDecider, created)
      .when({ ...command, app: other })
      .thenRefused(t, 'list-unknown');
  given(listDecider).when(change).thenRefused(t, 'list-unknown');
  given(listDecider, created).when(remove).then(t, removed);
  given(listDecider, created, removed).when(remove).then(t);
  given(listDecider, created, removed).when(change).thenRefused(t, 'list-unknown');
});

const notification = 'news' as NotificationId;
const [ann, bob] = ['ann', 'bob'] as unknown as readonly [PersonId, PersonId];
const started: CampaignEvent = { type: 'notifications.campaign-started.v1', data: { notification, list, total: 3, at } };
const start = { type: 'start', notification, list, total: 3, at } as const;
const range = { type: 'record-range', notification, after: null, until: ann, recipients: 2, ratePerMinute: undefined, at } as const;
const planned = (number: number, until: PersonId, dueAt = at): CampaignEvent => ({
  type: 'notifications.campaign-range-planned.v1',
  data: { notification, range: number, recipients: 2, until, dueAt, at },
});
const paused: CampaignEvent = { type: 'notifications.campaign-paused.v1', data: { notification, at } };
const resumed: CampaignEvent = { type: 'notifications.campaign-resumed.v1', data: { notification, at } };
const finished: CampaignEvent = { type: 'notifications.campaign-finished.v1', data: { notification, because: 'planned', at } };
const finish = { type: 'finish', notification, because: 'planned', at } as const;
const pause = { type: 'pause', notification, at } as const;
const resume = { type: 'resume', notification, at } as const;

test('a campaign starts once, and each of its ranges is recorded once', (t) => {
  given(campaign).when(start).then(t, started);
  given(campaign, started).when(start).then(t);
  given(campaign, started).when(range).then(t, planned(0, ann));
  given(campaign, started, planned(0, ann)).when(range).then(t);
  given(campaign, started, planned(0, ann))
    .when({ ...range, after: ann, until: bob })
    .then(t, planned(1, bob));
  given(campaign, started, planned(0, ann)).when(finish).then(t, finished);
  given(campaign, started, planned(0, ann), finished).when(finish).then(t);
  given(campaign, started, planned(0, ann), finished)
    .when({ ...range, after: ann, until: bob })
    .then(t);
  given(campaign).when(range).then(t);
});

test('a range at a rate makes the next one wait as long as its members take', (t) => {
  given(campaign, started)
    .when({ ...range, ratePerMinute: 12 })
    .then(t, planned(0, ann, plus(at, 10 * SECOND_MS)));
  given(campaign, started)
    .when({ ...range, ratePerMinute: 1 })
    .then(t, planned(0, ann, plus(at, 2 * MINUTE_MS)));
  t.deepEqual([undefined, 1, 6, 7, 60, 3_000, 1_000_000].map(rangeSizeOf), [RANGE_MAX, 1, 1, 2, 10, RANGE_MAX, RANGE_MAX]);
});

test('a campaign is paused and resumed at any time until it is finished; what was planned meanwhile is recorded', (t) => {
  given(campaign).when(pause).then(t, paused);
  given(campaign, paused).when(start).then(t, started);
  given(campaign, started, paused).when(pause).then(t);
  given(campaign, started, paused).when(range).then(t, planned(0, ann));
  given(campaign, started, paused).when(resume).then(t, resumed);
  given(campaign, started, paused, resumed).when(resume).then(t);
  given(campaign, started, paused, planned(0, ann), resumed)
    .when({ ...range, after: ann, until: bob })
    .then(t, planned(1, bob));
  for (const command of [pause, resume]) given(campaign, started, finished).when(command).thenRefused(t, 'campaign-finished');
});
