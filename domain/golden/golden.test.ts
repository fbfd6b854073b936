/**
 * Every event in the log stays readable: for every event type and version one file here holds an event as it was written, and no
 * change may touch it. A new shape is a new version, with a file of its own and a step in `upcast.ts`.
 */
import test from 'ava';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { channel } from '../chat/channel.ts';
import { disappearances } from '../chat/disappearing.ts';
import { inbox } from '../chat/inbox.ts';
import { messages } from '../chat/messages.ts';
import { presence } from '../chat/presence.ts';
import { exportOf } from '../exports/export.ts';
import { messageMarks } from '../chat/message-marks.ts';
import { scheduledMessage } from '../chat/scheduled/scheduled-message.ts';
import { indexing } from '../chat/search/indexing.ts';
import { sealing } from '../events.ts';
import { scheduledPost } from '../feed/scheduled/scheduled-post.ts';
import { deliveryMode } from '../feed/delivery-mode/delivery-mode.ts';
import { bookmark } from '../feed/bookmark.ts';
import { pinnedPosts } from '../feed/pinned-posts.ts';
import { post } from '../feed/post.ts';
import { reaction } from '../feed/reaction.ts';
import { media } from '../media/media.ts';
import { app } from '../notifications/apps/app.ts';
import { categories } from '../notifications/categories/categories.ts';
import { campaign } from '../notifications/lists/campaign.ts';
import { list } from '../notifications/lists/list.ts';
import { digest } from '../notifications/digests/digest.ts';
import { routing } from '../notifications/routing/routing.ts';
import { partOfWork } from '../subscriptions/part-of-work.ts';
import { schedule } from '../notifications/schedules/schedule.ts';
import { smsStops } from '../notifications/stops/sms-stops.ts';
import { webhookEndpoint } from '../notifications/webhooks/webhook-endpoint.ts';
import { webhookMessage } from '../notifications/webhooks/webhook-message.ts';
import { centre } from '../notifications/centre/centre.ts';
import { delivery } from '../notifications/delivery/delivery.ts';
import { moderationCase } from '../moderation/moderation-case.ts';
import { standing } from '../moderation/standing.ts';
import { notification } from '../notifications/notification.ts';
import { partial } from '../notifications/templates/partial.ts';
import { template } from '../notifications/templates/template.ts';
import { audit } from '../operators/audit.ts';
import { operators } from '../operators/operators.ts';
import { accountSecurity } from '../people/account-security.ts';
import { relationships } from '../people/relationships.ts';
import { contacts } from '../people/contacts.ts';
import { pushToken } from '../people/push-token.ts';
import { friendship } from '../people/friendship.ts';
import { login } from '../people/login.ts';
import { preferences } from '../people/preferences.ts';
import { user } from '../people/user.ts';
import type { Decider } from '../shared/decider.ts';
import { erased, type DomainEvent, type Metadata, type Sealing } from '../shared/event.ts';
import { upcast } from '../upcast.ts';
import { channelSamples, disappearanceSamples, indexingSamples, inboxSamples, messagesSamples, presenceSamples, messageMarkSamples } from './samples/chat.ts';
import { categorySamples } from './samples/category.ts';
import { centreSamples } from './samples/centre.ts';
import { exportSamples, subscriptionsSamples } from './samples/export.ts';
import { scheduledMessageSamples, scheduledPostSamples } from './samples/scheduled-post.ts';
import { deliveryModeSamples } from './samples/delivery-mode.ts';
import { digestSamples } from './samples/digest.ts';
import { bookmarkSamples, pinnedPostsSamples, postSamples, reactionSamples } from './samples/feed.ts';
import { campaignSamples, listSamples } from './samples/list.ts';
import { mediaSamples } from './samples/media.ts';
import { caseSamples, standingSamples } from './samples/moderation.ts';
import { appSamples, deliverySamples, notificationSamples, partialSamples, templateSamples } from './samples/notification.ts';
import { auditSamples, operatorSamples } from './samples/operator.ts';
import { operationsSamples } from './samples/operations.ts';
import { routingSamples } from './samples/routing.ts';
import { scheduleSamples } from './samples/schedule.ts';
import { smsStopsSamples, webhookEndpointSamples, webhookMessageSamples } from './samples/webhook.ts';
import {
  accountSecuritySamples,
  relationshipsSamples,
  contactsSamples,
  friendshipSamples,
  loginSamples,
  preferencesSamples,
  pushTokenSamples,
  userSamples,
} from './samples/people.ts';
import { at, type Samples } from './samples.ts';

type Golden = { readonly type: string; readonly data: object; readonly metadata: Metadata };

/** A decider's fold over its samples, with its types left behind so that all of them fit into one list. */
type Fold = {
  readonly name: string;
  readonly samples: Readonly<Record<string, object>>;
  readonly readsTail: boolean;
  readonly states: (events: readonly DomainEvent[]) => readonly unknown[];
};

function folding<State, Command, Event extends DomainEvent>(name: string, decider: Decider<State, Command, Event>, samples: Samples<Event>): Fold {
  return {
    name,
    samples,
    readsTail: decider.reads === 'tail',
    states: (events) => {
      let state = decider.initialState;
      return (events as readonly Event[]).map((event) => (state = decider.evolve(state, event)));
    },
  };
}

const folds: readonly Fold[] = [
  folding('login', login, loginSamples),
  folding('user', user, userSamples),
  folding('security', accountSecurity, accountSecuritySamples),
  folding('contacts', contacts, contactsSamples),
  folding('push token', pushToken, pushTokenSamples),
  folding('preferences', preferences, preferencesSamples),
  folding('relationships', relationships, relationshipsSamples),
  folding('friendship', friendship, friendshipSamples),
  folding('media', media, mediaSamples),
  folding('case', moderationCase, caseSamples),
  folding('standing', standing, standingSamples),
  folding('post', post, postSamples),
  folding('reaction', reaction, reactionSamples),
  folding('bookmark', bookmark, bookmarkSamples),
  folding('pinned posts', pinnedPosts, pinnedPostsSamples),
  folding('delivery mode', deliveryMode, deliveryModeSamples),
  folding('scheduled post', scheduledPost, scheduledPostSamples),
  folding('channel', channel, channelSamples),
  folding('messages', messages, messagesSamples),
  folding('disappearances', disappearances, disappearanceSamples),
  folding('scheduled message', scheduledMessage, scheduledMessageSamples),
  folding('message marks', messageMarks, messageMarkSamples),
  folding('export', exportOf, exportSamples),
  folding('inbox', inbox, inboxSamples),
  folding('indexing', indexing, indexingSamples),
  folding('presence', presence, presenceSamples),
  folding('notification', notification, notificationSamples),
  folding('delivery', delivery, deliverySamples),
  folding('centre', centre, centreSamples),
  folding('app', app, appSamples),
  folding('categories', categories, categorySamples),
  folding('list', list, listSamples),
  folding('campaign', campaign, campaignSamples),
  folding('schedule', schedule, scheduleSamples),
  folding('digest', digest, digestSamples),
  folding('routing', routing, routingSamples),
  folding('subscription', partOfWork, subscriptionsSamples),
  folding('stops', smsStops, smsStopsSamples),
  folding('operators', operators, operatorSamples),
  folding('audit', audit, auditSamples),
  folding('webhook endpoint', webhookEndpoint, webhookEndpointSamples),
  folding('webhook message', webhookMessage, webhookMessageSamples),
  folding('template', template, templateSamples),
  folding('partial', partial, partialSamples),
];

const samples: Readonly<Record<string, object>> = Object.assign({}, operationsSamples, ...folds.map((fold) => fold.samples));

const metadata: Metadata = {
  $correlationId: '5f2b7c1a-9d3e-5b60-8a47-2c1d0e9f8b7a',
  actor: '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001',
  at,
  command: 'a3c1f0d2-4b5e-5c6d-9e7f-8a9b0c1d2e3f',
  request: '9b74c9897bac770ffc029102a200c5de',
};

const pathOf = (type: string) => join(import.meta.dirname, `${type}.json`);
const read = (type: string) => JSON.parse(readFileSync(pathOf(type), 'utf8')) as Golden;
const eventsOf = (fold: Fold): readonly DomainEvent[] => Object.keys(fold.samples).map((type) => read(type));

for (const type of Object.keys(sealing)) {
  test(`${type} has the shape in which it was first written`, (t) => {
    const golden = { type, data: samples[type], metadata };
    if (!existsSync(pathOf(type))) return t.fail(`${type} is new. Commit domain/golden/${type}.json with:\n${JSON.stringify(golden, null, 2)}`);
    t.deepEqual(read(type), golden as Golden, `${type} has another shape than what is in the log: make it a new version, and a step in upcast.ts`);
    t.deepEqual(upcast(type, read(type).data, metadata), { type, data: read(type).data }, 'the newest version is left as it is');
  });
}

test('every sample is of an event type that exists', (t) => {
  t.deepEqual(Object.keys(samples).toSorted(), Object.keys(sealing).toSorted());
});

test('every golden file is of an event type that exists, or is upcast to one', (t) => {
  const types = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
  for (const type of types) {
    const golden = read(type);
    t.is(golden.type, type);
    const { type: newest, data } = upcast(golden.type, golden.data, golden.metadata);
    t.true(newest in sealing, `${type} becomes ${newest}, which is no event`);
    t.deepEqual(
      Object.keys(data).filter((field) => !(field in (samples[newest] ?? {}))),
      [],
      `${type} becomes a ${newest} with other fields`,
    );
  }
});

for (const fold of folds) {
  const personal = (type: string) => Object.keys((sealing as Readonly<Record<string, Sealing>>)[type] ?? {});

  test(`${fold.name} folds its golden events, each alone and one after the other, into plain JSON`, (t) => {
    const events = eventsOf(fold);
    for (const state of [...fold.states(events), ...events.flatMap((event) => fold.states([event]))]) {
      t.deepEqual(JSON.parse(JSON.stringify(state)), state, 'a state must survive being kept as a snapshot');
    }
  });

  if (fold.readsTail) {
    test(`${fold.name} has the same state from any event alone as from all events up to it`, (t) => {
      const events = eventsOf(fold);
      t.deepEqual(
        events.flatMap((event) => fold.states([event])),
        fold.states(events),
      );
    });
  }

  test(`${fold.name} decides the same when a person’s fields are erased, for its state is the same`, (t) => {
    const events = eventsOf(fold);
    const forgotten = events.map(({ type, data }) => ({
      type,
      data: {
        ...data,
        ...Object.fromEntries(
          personal(type)
            .filter((field) => field in data)
            .map((field) => [field, erased]),
        ),
      },
    }));
    t.deepEqual(fold.states(forgotten), fold.states(events));
  });
}
