import { randomUUID } from 'node:crypto';
import test from 'ava';
import { REFUSALS, type RefusalCode } from '../domain/shared/refusals.ts';
import { DAY_MS, plus } from '../domain/shared/instant.ts';
import { callersTable } from '../edge/http/routes.ts';
import { givenWriteApi, type As, type WriteApiFixture } from './test-fixture.ts';
import { WRITE_LIMITS } from './limits.ts';
import { writeRoutes } from './write-api.ts';

/** Who may use what. Written out, so that a change of a route's declaration is a change of this page. */
const WHO: Readonly<Record<string, string>> = {
  signUp: 'anyone',
  changeProfile: 'person',
  erasePerson: 'person',
  logIn: 'anyone',
  logOut: 'person',
  recommendGateway: 'person',
  registerDevice: 'person',
  removeDevice: 'person',
  setContact: 'person',
  removeContact: 'person',
  unblockContact: 'operator',
  setPreferences: 'person',
  enrol: 'person',
  withdrawEnrolment: 'person',
  requestFriend: 'person',
  acceptFriend: 'person',
  refuseFriend: 'person',
  withdrawFriend: 'person',
  removeFriend: 'person',
  follow: 'person',
  unfollow: 'person',
  mute: 'person',
  unmute: 'person',
  block: 'person',
  unblock: 'person',
  publishPost: 'person',
  editPost: 'person',
  deletePost: 'person',
  likePost: 'person',
  unlikePost: 'person',
  openChannel: 'person',
  renameChannel: 'person',
  addMember: 'person',
  removeMember: 'person',
  markRead: 'person',
  muteChannel: 'person',
  unmuteChannel: 'person',
  postMessage: 'person',
  editMessage: 'person',
  withdrawMessage: 'person',
  addReaction: 'person',
  removeReaction: 'person',
  registerApp: 'operator',
  rotateSecret: 'operator, app',
  disableApp: 'operator',
  publishTemplate: 'app',
  requestNotification: 'app',
  cancelNotification: 'app',
};

/** Only their declarations are looked at. */
const routes = () => callersTable(writeRoutes({ contextFor: undefined, commands: undefined, limits: WRITE_LIMITS } as never));

test('the table of callers is what the routes declare, and every route is limited', (t) => {
  t.deepEqual(Object.fromEntries(routes().map(({ operationId, callers }) => [operationId, callers.join(', ')])), WHO);
  t.deepEqual(
    routes().filter(({ limits }) => limits.length === 0),
    [],
  );
});

/** Somebody of every kind. */
const CALLERS: Readonly<Record<string, (api: WriteApiFixture) => Promise<{ readonly as: As }>>> = {
  nobody: async () => ({ as: 'nobody' }),
  person: async (api) => ({ as: await api.person() }),
  'whose token has expired': async (api) => {
    const { person, loginName } = await api.person();
    const session = randomUUID();
    const expiresAt = plus(api.commands.now, -1_000);
    await api.commands.vault.put('session', session, { person, createdAt: plus(expiresAt, -DAY_MS), expiresAt }, { owner: person });
    return { as: { person, loginName, token: await api.tokens.issue({ person, session, expiresAt }) } };
  },
  'who has logged out': async (api) => {
    const person = await api.person();
    await api.ask(person, 'DELETE', '/v1/sessions/current');
    return { as: person };
  },
  app: async (api) => ({ as: await api.app() }),
  'an app with another’s secret': async (api) => ({ as: { app: (await api.app()).app, secret: (await api.app()).secret } }),
  operator: async () => ({ as: 'operator' }),
};

/** The code with which the door stays shut; undefined where it opens. */
function expected(who: string, caller: string): RefusalCode | undefined {
  if (who === 'anyone') return undefined;
  switch (caller) {
    case 'nobody':
      return who === 'app' ? 'signature-missing' : 'token-missing';
    case 'whose token has expired':
      return 'token-expired';
    case 'who has logged out':
      return 'session-ended';
    case 'an app with another’s secret':
      return 'signature-invalid';
    default:
      return who.split(', ').includes(caller) ? undefined : 'forbidden';
  }
}

for (const [caller, become] of Object.entries(CALLERS)) {
  test(`every route opens or stays shut, as the table says, to: ${caller}`, async (t) => {
    await using api = await givenWriteApi();
    const { as } = await become(api);
    for (const { operationId, method, path } of routes()) {
      const own = typeof as === 'object' && 'app' in as ? as.app : randomUUID();
      const filled = path
        .replace(/:app\b/, own)
        .replace(/:message\b/, '0')
        .replace(/:emoji\b/, encodeURIComponent('👍'))
        .replace(/:kind\b/, 'email')
        .replace(/:request\b/, `${randomUUID()}:${randomUUID()}`)
        .replace(/:post\b/, '01ARZ3NDEKTSV4RRFFQ69G5FAV')
        .replaceAll(/:\w+/g, () => randomUUID());
      api.commands.now = plus(api.commands.now, 1); // so that no signature is sent twice
      // No route takes this parameter: that is seen after the door, and before anything is done.
      const { status, body } = await api.ask(as, method.toUpperCase(), `${filled}?nonsense=yes`);
      const shut = expected(WHO[operationId] ?? '', caller);
      if (shut !== undefined) t.is(body.code, shut, operationId);
      else t.is(status, 400, `${operationId} did not open: ${JSON.stringify(body)}`);
      t.true(shut === undefined || ['unauthenticated', 'forbidden'].includes(REFUSALS[shut].kind));
    }
  });
}

test('an app makes a new secret for itself, and for no other', async (t) => {
  await using api = await givenWriteApi();
  const [one, other] = [await api.app(), await api.app()];
  t.is((await api.ask(one, 'POST', `/v1/apps/${other.app}/secret`)).body.code, 'forbidden');
  const rotated = await api.ask(one, 'POST', `/v1/apps/${one.app}/secret`);
  t.is(rotated.status, 201);
  t.is((await api.ask({ app: one.app, secret: rotated.body.secret }, 'POST', '/v1/templates', { body: { body: 'Hello' } })).status, 201);
});
