import { randomUUID } from 'node:crypto';
import test from 'ava';
import { DAY_MS, plus } from '../domain/shared/instant.ts';
import { REFUSALS, type RefusalCode } from '../domain/shared/refusals.ts';
import { callersTable } from '../edge/http/routes.ts';
import { givenReadApi, type As, type ReadApiFixture } from './test-fixture.ts';
import { READ_LIMITS } from './limits.ts';
import { readRoutes } from './read-api.ts';

/** Who may use what. Written out, so that a change of a route's declaration is a change of this page. */
const WHO: Readonly<Record<string, string>> = {
  getMe: 'person',
  getPerson: 'person',
  getPresence: 'person',
  getDevices: 'person',
  getContacts: 'person',
  getPreferences: 'person',
  getFriends: 'person',
  getFollows: 'person',
  getMutes: 'person',
  getBlocks: 'person',
  getFriendRequests: 'person',
  getFeed: 'person',
  followFeed: 'person',
  getPost: 'person',
  getReplies: 'person',
  getPostsOfPerson: 'person',
  getInbox: 'person',
  getChannel: 'person',
  getMessages: 'person',
  getNotification: 'app',
  getMyNotifications: 'person',
  followNotifications: 'person',
};

/** Only their declarations are looked at. */
const routes = () => callersTable(readRoutes({ limits: READ_LIMITS } as never));

test('the table of callers is what the routes declare, and every route is limited', (t) => {
  t.deepEqual(Object.fromEntries(routes().map(({ operationId, callers }) => [operationId, callers.join(', ')])), WHO);
  t.deepEqual(
    routes().filter(({ limits }) => limits.length === 0),
    [],
  );
});

/** Somebody of every kind. */
const CALLERS: Readonly<Record<string, (api: ReadApiFixture) => Promise<As>>> = {
  nobody: async () => 'nobody',
  person: (api) => api.person(),
  'whose token has expired': async (api) => {
    const { person } = await api.person();
    const session = randomUUID();
    const expiresAt = plus(api.work.clock(), -1_000);
    await api.work.vault.put('session', session, { person, createdAt: plus(expiresAt, -DAY_MS), expiresAt }, { owner: person });
    return { person, session, token: await api.tokens.issue({ person, session, expiresAt }) };
  },
  'who has logged out': async (api) => {
    const person = await api.person();
    await api.work.commands.logOut(person, api.work.clock());
    return person;
  },
  'whose token is not ours': async (api) => ({ ...(await api.person()), token: 'ours.it.is' }),
  app: (api) => api.app(),
  'an app with another’s secret': async (api) => ({ app: (await api.app()).app, secret: (await api.app()).secret }),
  operator: async () => 'operator',
};

/** The code with which the door stays shut; undefined where it opens. */
function expected(who: string, caller: string): RefusalCode | undefined {
  switch (caller) {
    case 'nobody':
      return who === 'app' ? 'signature-missing' : 'token-missing';
    case 'whose token has expired':
      return 'token-expired';
    case 'who has logged out':
      return 'session-ended';
    case 'whose token is not ours':
      return 'token-invalid';
    case 'an app with another’s secret':
      return 'signature-invalid';
    default:
      return who === caller ? undefined : 'forbidden';
  }
}

for (const [caller, become] of Object.entries(CALLERS)) {
  test(`every route opens or stays shut, as the table says, to: ${caller}`, async (t) => {
    await using api = await givenReadApi();
    const as = await become(api);
    for (const { operationId, path } of routes()) {
      const filled = path.replace(/:post\b/, '01ARZ3NDEKTSV4RRFFQ69G5FAV').replaceAll(/:\w+/g, () => randomUUID());
      // No route takes this parameter: that is seen after the door, and before anything is done.
      const { status, body } = await api.ask(as, `${filled}?nonsense=yes`);
      const shut = expected(WHO[operationId] ?? '', caller);
      if (shut !== undefined) t.is(body.code, shut, operationId);
      else t.is(status, 400, `${operationId} did not open: ${JSON.stringify(body)}`);
      t.true(shut === undefined || ['unauthenticated', 'forbidden'].includes(REFUSALS[shut].kind));
    }
  });
}
