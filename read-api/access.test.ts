import { randomUUID } from 'node:crypto';
import test from 'ava';
import { DAY_MS, plus } from '../domain/shared/instant.ts';
import { REFUSALS, type RefusalCode } from '../domain/shared/refusals.ts';
import { accessTable } from '../edge/http/routes.ts';
import { givenReadApi, type TestCaller, type ReadApiFixture } from './test-fixture.ts';
import { READ_LIMITS } from './limits.ts';
import { readRoutes } from './read-api.ts';

/** The kinds of caller that each route admits. Written out, so that a change of a route's declaration shows as a change here. */
const ADMITTED: Readonly<Record<string, string>> = {
  getMe: 'person',
  findPeople: 'person',
  getPerson: 'person',
  getPresence: 'person',
  getDevices: 'person',
  getContacts: 'person',
  getWebPush: 'person',
  getPreferences: 'person',
  getPrivacy: 'person',
  sync: 'person',
  getReceipts: 'person',
  getPreferencePage: 'person',
  getStanding: 'person',
  getFriends: 'person',
  getFollows: 'person',
  getMutes: 'person',
  getBlocks: 'person',
  getFriendRequests: 'person',
  getFeed: 'person',
  followFeed: 'person',
  getPost: 'person',
  getBookmarks: 'person',
  getPinnedPosts: 'person',
  getLikes: 'person',
  getShares: 'person',
  getThread: 'person',
  getPostEdits: 'person',
  getScheduledPosts: 'person',
  getScheduledMessages: 'person',
  getPostMedia: 'public',
  getPictureOfPerson: 'public',
  getMyMedia: 'person',
  getReplies: 'person',
  getPostsOfPerson: 'person',
  getPostsWithTag: 'person',
  getMentions: 'person',
  getInbox: 'person',
  getChannel: 'person',
  getInvitations: 'person',
  getMembers: 'person',
  getInvitationLinks: 'person',
  getJoinRequests: 'person',
  getMyJoinRequests: 'person',
  getMessages: 'person',
  getMessage: 'person',
  getMessageEdits: 'person',
  getMessageMedia: 'person, public',
  getChannelPicture: 'person, public',
  getPins: 'person',
  searchMessages: 'person',
  getChatMentions: 'person',
  getUnread: 'person',
  getExports: 'person',
  getExportArchive: 'public',
  getNotification: 'app',
  getSchedules: 'app',
  getSchedule: 'app',
  getLists: 'app',
  getList: 'app',
  getListMembers: 'app',
  getProgress: 'app',
  getCategories: 'app',
  getTemplates: 'app',
  getChanges: 'app',
  followChanges: 'app',
  getWebhookMessages: 'operator, app',
  findDeliveries: 'operator, app',
  getFunnel: 'operator, app',
  getTemplate: 'app',
  getMyNotifications: 'person',
  getNotificationCounts: 'person',
  followNotifications: 'person',
};

/** Only the declarations are used, so the routes need no dependencies. */
const routes = () => accessTable(readRoutes({ limits: READ_LIMITS } as never));

test('the routes admit the callers of the table, and every route is limited', (t) => {
  t.deepEqual(Object.fromEntries(routes().map(({ operationId, callers }) => [operationId, callers.join(', ')])), ADMITTED);
  t.deepEqual(
    routes().filter(({ limits }) => limits.length === 0),
    [],
  );
});

/** One of every kind, with good credentials and bad ones. */
const CALLERS: Readonly<Record<string, (api: ReadApiFixture) => Promise<TestCaller>>> = {
  anonymous: async () => 'anonymous',
  person: (api) => api.person(),
  'a person with an expired token': async (api) => {
    const { person } = await api.person();
    const session = randomUUID();
    const expiresAt = plus(api.work.clock(), -1_000);
    await api.work.vault.put('session', session, { person, createdAt: plus(expiresAt, -DAY_MS), expiresAt }, { owner: person });
    return { person, session, token: await api.tokens.issue({ person, session, expiresAt }) };
  },
  'a person who has logged out': async (api) => {
    const person = await api.person();
    await api.work.commands.logOut(person, api.work.clock());
    return person;
  },
  'a person with a forged token': async (api) => ({ ...(await api.person()), token: 'ours.it.is' }),
  app: (api) => api.app(),
  'an app with another’s secret': async (api) => ({ app: (await api.app()).app, secret: (await api.app()).secret }),
  operator: async () => 'operator',
};

/** The code with which the caller is refused; undefined when the route admits the caller. */
function expectedCode(admitted: string, caller: string): RefusalCode | undefined {
  if (admitted === 'public' || (caller === 'anonymous' && admitted.includes('public'))) return undefined;
  switch (caller) {
    case 'anonymous':
      return admitted === 'app' ? 'signature-missing' : 'token-missing';
    case 'a person with an expired token':
      return 'token-expired';
    case 'a person who has logged out':
      return 'session-ended';
    case 'a person with a forged token':
      return 'token-invalid';
    case 'an app with another’s secret':
      return 'signature-invalid';
    default:
      return admitted.split(', ').includes(caller) ? undefined : 'forbidden';
  }
}

for (const [caller, create] of Object.entries(CALLERS)) {
  test(`every route admits or refuses, as the table says: ${caller}`, async (t) => {
    await using api = await givenReadApi();
    const sender = await create(api);
    for (const { operationId, path } of routes()) {
      const filled = path.replace(/:post\b/, '01ARZ3NDEKTSV4RRFFQ69G5FAV').replaceAll(/:\w+/g, () => randomUUID());
      // No route takes this parameter. It is refused after authorisation and before the handler runs.
      const { status, body } = await api.request(sender, `${filled}?nonsense=yes`);
      const code = expectedCode(ADMITTED[operationId] ?? '', caller);
      if (code !== undefined) t.is(body.code, code, operationId);
      else t.is(status, 400, `${operationId} refused the caller: ${JSON.stringify(body)}`);
      t.true(code === undefined || ['unauthenticated', 'forbidden'].includes(REFUSALS[code].kind));
    }
  });
}

test('searches for people have a narrower limit of their own, for they tell who has a login name', (t) => {
  t.deepEqual(routes().find(({ operationId }) => operationId === 'findPeople')?.limits, ['queries', 'find-people']);
});
