/** A direct channel's id follows from its two people, so anybody can name it. A person who is no member can't tell whether the channel exists. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { DAY_MS, instant, plus } from '../domain/shared/instant.ts';
import { EXAMPLE } from '../edge/examples.ts';
import { accessTable } from '../edge/http/routes.ts';
import { WRITE_LIMITS } from './limits.ts';
import { givenWriteApi, type RequestOptions } from './test-fixture.ts';
import { writeRoutes } from './write-api.ts';

const self = 'self';
const OUTSIDER: Readonly<Record<string, { readonly code?: string; readonly params?: Readonly<Record<string, string>>; readonly body?: unknown }>> = {
  exportChannel: {},
  renameChannel: { body: { title: 'Ours' } },
  addMember: {},
  removeMember: {},
  'removeMember, oneself': { params: { person: self } },
  acceptInvitation: { code: 'invitation-unknown' },
  refuseInvitation: { code: 'invitation-unknown' },
  acceptMessageRequest: { code: 'message-request-unknown' },
  refuseMessageRequest: { code: 'message-request-unknown' },
  withdrawInvitation: {},
  markRead: { body: { seq: 0 } },
  setMemberRole: { body: { role: 'admin' } },
  handOverChannel: { body: { person: EXAMPLE.bob } },
  describeChannel: { body: { description: 'Ours' } },
  setChannelPicture: { body: { media: EXAMPLE.media } },
  removeChannelPicture: {},
  setChannelHistory: { body: { history: 'all' } },
  setDisappearing: { body: { afterSeconds: 60 } },
  createInvitationLink: { body: {} },
  revokeInvitationLink: { params: { link: EXAMPLE.invitationLink } },
  approveJoinRequest: {},
  refuseJoinRequest: {},
  withdrawJoinRequest: { code: 'join-request-unknown' },
  chooseChannelLevel: { body: { level: 'none' } },
  muteChannel: {},
  unmuteChannel: {},
  postMessage: { body: { text: 'hello', replyTo: 0, mentions: [] } },
  scheduleMessage: { body: { text: 'hello', sendAt: plus(instant(Date.now()), DAY_MS) } },
  changeScheduledMessage: {
    code: 'scheduled-message-unknown',
    params: { scheduled: EXAMPLE.scheduledMessage },
    body: { text: 'hello', sendAt: plus(instant(Date.now()), DAY_MS) },
  },
  cancelScheduledMessage: { code: 'scheduled-message-unknown', params: { scheduled: EXAMPLE.scheduledMessage } },
  editMessage: { body: { text: 'hello' } },
  withdrawMessage: {},
  pinMessage: {},
  unpinMessage: {},
  addReaction: {},
  removeReaction: {},
};

const routes = () => writeRoutes({ contextFor: undefined, commands: undefined, limits: WRITE_LIMITS } as never).filter(({ path }) => /:channel\b/.test(path));

test('the table has every route that names a channel', (t) => {
  const inTable = [...new Set(Object.keys(OUTSIDER).map((name) => name.split(',')[0]))];
  t.deepEqual(
    routes()
      .map(({ operationId }) => operationId)
      .toSorted(),
    inTable.map(String).toSorted(),
  );
  t.true(accessTable(routes()).every(({ callers }) => callers.join() === 'person'));
});

test('every route that names a channel answers an outsider alike, whether there is one or not', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob, eve] = [await api.person(), await api.person(), await api.person()];
  const direct = await api.direct(ada, bob);
  await api.request(bob, 'POST', `/v1/me/message-requests/${direct}/accept`);
  const group = (await api.request(ada, 'POST', '/v1/channels', { body: { kind: 'group', members: [] } })).body.id;
  for (const channel of [direct, group]) await api.request(ada, 'POST', `/v1/channels/${channel}/messages`, { body: { text: 'hello' } });
  for (const [name, { code = 'channel-unknown', params = {}, body }] of Object.entries(OUTSIDER)) {
    const route = routes().find(({ operationId }) => operationId === name.split(',')[0]);
    if (route === undefined) return t.fail(name);
    const values: Record<string, string> = { person: ada.person, message: '0', emoji: encodeURIComponent('👍'), ...params };
    const answerFor = async (channel: string) => {
      const path = route.path.replaceAll(/:(\w+)/g, (_, param: string) => {
        const value = param === 'channel' ? channel : (values[param] ?? '');
        return value === self ? eve.person : value;
      });
      const options: RequestOptions = body === undefined ? {} : { body };
      const { status, headers, body: answered } = await api.request(eve, route.method.toUpperCase(), path, options);
      const { instance: _, ...problem } = answered as unknown as Record<string, unknown>;
      return { status, problem, headers: [...headers.keys()].toSorted() };
    };
    const missing = await answerFor(randomUUID());
    t.is(missing.problem['code'], code, name);
    for (const channel of [direct, group]) t.deepEqual(await answerFor(channel), missing, name);
  }
});
