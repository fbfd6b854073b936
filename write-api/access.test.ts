import { randomUUID } from 'node:crypto';
import test from 'ava';
import { REFUSALS, type RefusalCode } from '../domain/shared/refusals.ts';
import { DAY_MS, plus } from '../domain/shared/instant.ts';
import { accessTable } from '../edge/http/routes.ts';
import { givenWriteApi, type TestCaller, type WriteApiFixture } from './test-fixture.ts';
import { WRITE_LIMITS } from './limits.ts';
import { writeRoutes } from './write-api.ts';

/** The kinds of caller that each route admits. Written out, so that a change of a route's declaration shows as a change here. */
const ADMITTED: Readonly<Record<string, string>> = {
  signUp: 'public',
  changeProfile: 'person',
  erasePerson: 'person',
  erasePersonOf: 'operator',
  logIn: 'public',
  authenticateAgain: 'person',
  enterSecondFactor: 'public',
  logOut: 'person',
  recommendGateway: 'person',
  changePassword: 'person',
  askForPasswordReset: 'public',
  resetPassword: 'public',
  claimAccount: 'public',
  listSecondFactors: 'person',
  addTotp: 'person',
  addWebAuthn: 'person',
  confirmSecondFactor: 'person',
  removeSecondFactor: 'person',
  makeRecoveryCodes: 'person',
  removeSecondFactorsOf: 'operator',
  listSessions: 'person',
  endOtherSessions: 'person',
  endSession: 'person',
  endSessionsOf: 'operator',
  registerDevice: 'person',
  removeDevice: 'person',
  setContact: 'person',
  confirmContact: 'person',
  removeContact: 'person',
  unblockContact: 'operator',
  getRouting: 'operator',
  setRoutingRules: 'operator',
  plugVendorOut: 'operator',
  plugVendorIn: 'operator',
  setPreferences: 'person',
  changePrivacy: 'person',
  enrol: 'person',
  withdrawEnrolment: 'person',
  markNotificationRead: 'person',
  markNotificationUnread: 'person',
  archiveNotification: 'person',
  unarchiveNotification: 'person',
  markNotificationsSeen: 'person',
  markNotificationsRead: 'person',
  openLiveTicket: 'person',
  exportChannel: 'person',
  exportEverything: 'person',
  deleteExport: 'person',
  report: 'person',
  appeal: 'person',
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
  createUpload: 'person',
  getUpload: 'person',
  sendUpload: 'person',
  discardUpload: 'person',
  publishPost: 'person',
  editPost: 'person',
  deletePost: 'person',
  likePost: 'person',
  unlikePost: 'person',
  schedulePost: 'person',
  changeScheduledPost: 'person',
  cancelScheduledPost: 'person',
  reactToPost: 'person',
  takeReactionBack: 'person',
  bookmarkPost: 'person',
  removeBookmark: 'person',
  pinPost: 'person',
  unpinPost: 'person',
  scheduleMessage: 'person',
  changeScheduledMessage: 'person',
  cancelScheduledMessage: 'person',
  sharePost: 'person',
  unsharePost: 'person',
  openChannel: 'person',
  renameChannel: 'person',
  addMember: 'person',
  removeMember: 'person',
  acceptInvitation: 'person',
  refuseInvitation: 'person',
  acceptMessageRequest: 'person',
  refuseMessageRequest: 'person',
  withdrawInvitation: 'person',
  markRead: 'person',
  setMemberRole: 'person',
  handOverChannel: 'person',
  describeChannel: 'person',
  setChannelPicture: 'person',
  removeChannelPicture: 'person',
  setChannelHistory: 'person',
  setDisappearing: 'person',
  createInvitationLink: 'person',
  revokeInvitationLink: 'person',
  joinByInvitationLink: 'person',
  approveJoinRequest: 'person',
  refuseJoinRequest: 'person',
  withdrawJoinRequest: 'person',
  chooseChannelLevel: 'person',
  muteChannel: 'person',
  unmuteChannel: 'person',
  postMessage: 'person',
  editMessage: 'person',
  withdrawMessage: 'person',
  pinMessage: 'person',
  unpinMessage: 'person',
  addReaction: 'person',
  removeReaction: 'person',
  registerApp: 'operator',
  rotateSecret: 'operator, app',
  setSenderIdentity: 'operator',
  disableApp: 'operator',
  getAppAccess: 'operator, app',
  addAppKey: 'operator, app',
  holdPart: 'app',
  releasePart: 'app',
  removeAppKey: 'operator, app',
  setAppQuota: 'operator',
  declareCategory: 'app',
  removeCategory: 'app',
  publishTemplate: 'app',
  followLink: 'public',
  loadOpenPicture: 'public',
  publishPartial: 'app',
  previewTemplate: 'app',
  testTemplate: 'app',
  requestNotification: 'app',
  cancelNotification: 'app',
  createSchedule: 'app',
  previewSchedule: 'app',
  pauseSchedule: 'app',
  resumeSchedule: 'app',
  cancelSchedule: 'app',
  createList: 'app',
  changeListMembers: 'app',
  removeList: 'app',
  pauseNotification: 'app',
  resumeNotification: 'app',
  findCallbackAddress: 'public',
  recordCallback: 'public',
  reportReceived: 'person',
  reportOpened: 'person',
  showUnsubscribe: 'public',
  unsubscribe: 'public',
  setWebhook: 'operator, app',
  rotateWebhookSecret: 'operator, app',
  removeWebhook: 'operator, app',
  replayWebhookMessage: 'operator, app',
};

/** Only the declarations are used, so the routes need no dependencies. */
const routes = () =>
  accessTable(
    writeRoutes({ contextFor: undefined, commands: undefined, limits: WRITE_LIMITS, vendorCallbacks: { publicUrl: undefined, accounts: [] } } as never),
  );

test('the routes admit the callers of the table, and every route is limited', (t) => {
  t.deepEqual(Object.fromEntries(routes().map(({ operationId, callers }) => [operationId, callers.join(', ')])), ADMITTED);
  t.deepEqual(
    routes().filter(({ limits }) => limits.length === 0),
    [],
  );
});

/** One of every kind, with good credentials and bad ones. */
const CALLERS: Readonly<Record<string, (api: WriteApiFixture) => Promise<TestCaller>>> = {
  anonymous: async () => 'anonymous',
  person: (api) => api.person(),
  'a person with an expired token': async (api) => {
    const { person, loginName } = await api.person();
    const session = randomUUID();
    const expiresAt = plus(api.commands.now, -1_000);
    await api.commands.vault.put('session', session, { person, createdAt: plus(expiresAt, -DAY_MS), expiresAt }, { owner: person });
    return { person, loginName, token: await api.tokens.issue({ person, session, expiresAt }) };
  },
  'a person who has logged out': async (api) => {
    const person = await api.person();
    await api.request(person, 'DELETE', '/v1/sessions/current');
    return person;
  },
  app: (api) => api.app(),
  'an app with another’s secret': async (api) => ({ app: (await api.app()).app, secret: (await api.app()).secret }),
  operator: async () => 'operator',
};

/** The code with which the caller is refused; undefined when the route admits the caller. */
function expectedCode(admitted: string, caller: string): RefusalCode | undefined {
  if (admitted === 'public') return undefined;
  switch (caller) {
    case 'anonymous':
      return admitted === 'app' ? 'signature-missing' : 'token-missing';
    case 'a person with an expired token':
      return 'token-expired';
    case 'a person who has logged out':
      return 'session-ended';
    case 'an app with another’s secret':
      return 'signature-invalid';
    default:
      return admitted.split(', ').includes(caller) ? undefined : 'forbidden';
  }
}

for (const [caller, create] of Object.entries(CALLERS)) {
  test(`every route admits or refuses, as the table says: ${caller}`, async (t) => {
    await using api = await givenWriteApi();
    const sender = await create(api);
    for (const { operationId, method, path } of routes()) {
      const own = typeof sender === 'object' && 'app' in sender ? sender.app : randomUUID();
      const filled = path
        .replace(/:app\b/, own)
        .replace(/:message\b/, '0')
        .replace(/:emoji\b/, encodeURIComponent('👍'))
        .replace(/:kind\b/, 'email')
        .replace(/:request\b/, `${randomUUID()}:${randomUUID()}`)
        .replace(/:post\b/, '01ARZ3NDEKTSV4RRFFQ69G5FAV')
        .replaceAll(/:\w+/g, () => randomUUID());
      api.commands.now = plus(api.commands.now, 1); // so that no signature is sent twice
      // No route takes this parameter. It is refused after authorisation and before the handler runs.
      const { status, body } = await api.request(sender, method.toUpperCase(), `${filled}?nonsense=yes`);
      const code = expectedCode(ADMITTED[operationId] ?? '', caller);
      // The answer to HEAD has no body to say why.
      if (code !== undefined && method === 'head') t.is(status, REFUSALS[code].kind === 'forbidden' ? 403 : 401, operationId);
      else if (code !== undefined) t.is(body.code, code, operationId);
      // They take any parameter, for vendors and mail services may add some, and refuse whoever shows none of their signatures.
      else if (['findCallbackAddress', 'recordCallback', 'showUnsubscribe', 'unsubscribe', 'followLink', 'loadOpenPicture'].includes(operationId))
        t.regex(body.code, /^((callback|unsubscribe-token|link)-invalid|bad-request)$/);
      else t.is(status, 400, `${operationId} refused the caller: ${JSON.stringify(body)}`);
      t.true(code === undefined || ['unauthenticated', 'forbidden'].includes(REFUSALS[code].kind));
    }
  });
}

test('an app rotates its own secret, and no other', async (t) => {
  await using api = await givenWriteApi();
  const [one, other] = [await api.app(), await api.app()];
  t.is((await api.request(one, 'POST', `/v1/apps/${other.app}/secret`)).body.code, 'forbidden');
  const rotated = await api.request(one, 'POST', `/v1/apps/${one.app}/secret`);
  t.is(rotated.status, 201);
  t.is((await api.request({ app: one.app, secret: rotated.body.secret }, 'POST', '/v1/templates', { body: { body: 'Hello' } })).status, 201);
});
