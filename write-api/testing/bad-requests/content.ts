/** About posts, channels and messages. */
import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import { DAY_MS } from '../../../domain/shared/instant.ts';
import { NOBODY, NO_POST, text, type BadRequest, type BadRequestBody, type BadRequestsApi } from './bad-request.ts';

export async function posts(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const [ada, bob] = [await api.person(), await api.person()];
  const publish = async () => (await api.request(ada, 'POST', '/v1/me/feed', text('Hello'))).body.id;
  const [post, deleted] = [await publish(), await publish()];
  await api.request(ada, 'DELETE', `/v1/posts/${deleted}`);
  const { id: secret } = (await api.request(ada, 'POST', '/v1/me/feed', { body: { text: 'Hush', visibility: 'self' } })).body;
  const { id: share } = (await api.request(bob, 'PUT', `/v1/posts/${post}/share`)).body;
  const postWith = (body: object): BadRequestBody => ({ body: { text: 'a', ...body } });
  return [
    ['a post for nobody that there is', ada, 'POST', '/v1/me/feed', postWith({ visibility: 'everybody' }), 400, 'bad-request'],
    ['a reaction of a kind that there isn’t', ada, 'PUT', `/v1/posts/${post}/reaction`, { body: { kind: 'shrug' } }, 400, 'bad-request'],
    ['a reaction to a share', ada, 'PUT', `/v1/posts/${share}/reaction`, { body: { kind: 'love' } }, 409, 'post-is-share'],
    ['a post with nothing', ada, 'POST', '/v1/me/feed', { body: {} }, 422, 'post-empty'],
    ['a post with a picture that there isn’t', ada, 'POST', '/v1/me/feed', postWith({ media: [{ media: NOBODY }] }), 404, 'media-unknown'],
    [
      'a post with too many pictures',
      ada,
      'POST',
      '/v1/me/feed',
      postWith({ media: Array.from({ length: 11 }, () => ({ media: randomUUID() })) }),
      422,
      'media-too-many',
    ],
    ['a quote of a post that is not for everybody', ada, 'POST', '/v1/me/feed', postWith({ quotes: secret }), 409, 'post-not-public'],
    ['a quote of a post that the caller can’t see', bob, 'POST', '/v1/me/feed', postWith({ quotes: secret }), 404, 'post-unknown'],
    ['a reply to a share', ada, 'POST', '/v1/me/feed', postWith({ replyTo: share }), 409, 'post-is-share'],
    ['a share of a post that is not for everybody', ada, 'PUT', `/v1/posts/${secret}/share`, {}, 409, 'post-not-public'],
    ['a share of a post that the caller can’t see', bob, 'PUT', `/v1/posts/${secret}/share`, {}, 404, 'post-unknown'],
    ['a share of a share', ada, 'PUT', `/v1/posts/${share}/share`, {}, 409, 'post-is-share'],
    ['a share liked', ada, 'PUT', `/v1/posts/${share}/like`, {}, 409, 'post-is-share'],
    ['a share edited', bob, 'PATCH', `/v1/posts/${share}`, text('a'), 409, 'post-is-share'],
    ['a share of an unknown post taken back', ada, 'DELETE', `/v1/posts/${NO_POST}/share`, {}, 404, 'post-unknown'],
    ['an empty post', ada, 'POST', '/v1/me/feed', text(' \n'), 422, 'post-empty'],
    ['a post too long', ada, 'POST', '/v1/me/feed', text('a'.repeat(10_001)), 413, 'post-too-long'],
    ['a post far too long', ada, 'POST', '/v1/me/feed', text('a'.repeat(300_000)), 413, 'body-too-large'],
    ['half a surrogate pair', ada, 'POST', '/v1/me/feed', { raw: '{"text":"\\ud83d"}' }, 422, 'text-malformed'],
    ['a reply to an unknown post', ada, 'POST', '/v1/me/feed', { body: { text: 'a', replyTo: NO_POST } }, 404, 'post-unknown'],
    ['a reply to a deleted post', ada, 'POST', '/v1/me/feed', { body: { text: 'a', replyTo: deleted } }, 404, 'post-unknown'],
    ['an id in small letters', ada, 'PATCH', `/v1/posts/${post.toLowerCase()}`, text('a'), 400, 'bad-request'],
    ['another’s post edited', bob, 'PATCH', `/v1/posts/${post}`, text('a'), 403, 'not-the-author'],
    ['another’s post deleted', bob, 'DELETE', `/v1/posts/${post}`, {}, 403, 'not-the-author'],
    ['a deleted post edited', ada, 'PATCH', `/v1/posts/${deleted}`, text('a'), 409, 'post-deleted'],
    ['a deleted post liked', bob, 'PUT', `/v1/posts/${deleted}/like`, {}, 404, 'post-unknown'],
    ['an unknown post liked', bob, 'PUT', `/v1/posts/${NO_POST}/like`, {}, 404, 'post-unknown'],
    ['the right digest at another time', bob, 'PUT', `/v1/posts/0000000000${post.slice(10)}/like`, {}, 404, 'post-unknown'],
  ];
}

export async function channels(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const [ada, bob, eve] = [await api.person(), await api.person(), await api.person()];
  await api.friends(ada, bob);
  const direct = await api.direct(ada, bob);
  const { id: group } = (await api.request(ada, 'POST', '/v1/channels', { body: { kind: 'group', members: [bob.person] } })).body;
  for (const said of ['one', 'two']) await api.request(ada, 'POST', `/v1/channels/${direct}/messages`, text(said));
  await api.request(ada, 'DELETE', `/v1/channels/${direct}/messages/1`);
  const messages = `/v1/channels/${direct}/messages`;
  const open = (body: object): BadRequestBody => ({ body });
  const crowd = Array.from({ length: 100 }, () => randomUUID());
  return [
    ['a channel without a kind', ada, 'POST', '/v1/channels', open({ members: [bob.person] }), 400, 'bad-request'],
    ['a direct channel of three', ada, 'POST', '/v1/channels', open({ kind: 'direct', members: [bob.person, eve.person] }), 400, 'bad-request'],
    ['a direct channel with oneself', ada, 'POST', '/v1/channels', open({ kind: 'direct', members: [ada.person] }), 422, 'self-not-allowed'],
    ['a direct channel with an unknown person', ada, 'POST', '/v1/channels', open({ kind: 'direct', members: [NOBODY] }), 404, 'person-unknown'],
    ['a direct channel with a title', ada, 'POST', '/v1/channels', open({ kind: 'direct', members: [bob.person], title: 'Us' }), 400, 'bad-request'],
    ['a group of too many', ada, 'POST', '/v1/channels', open({ kind: 'group', members: crowd }), 409, 'channel-full'],
    ['a group with an empty title', ada, 'POST', '/v1/channels', open({ kind: 'group', members: [], title: ' ' }), 422, 'title-empty'],
    ['a title too long', ada, 'PATCH', `/v1/channels/${group}`, open({ title: 'a'.repeat(101) }), 413, 'title-too-long'],
    ['a title for a direct channel', ada, 'PATCH', `/v1/channels/${direct}`, open({ title: 'Us' }), 409, 'not-a-group'],
    ['a third member for a direct channel', ada, 'PUT', `/v1/channels/${direct}/members/${eve.person}`, {}, 409, 'not-a-group'],
    ['adding oneself to a group', eve, 'PUT', `/v1/channels/${group}/members/${eve.person}`, {}, 404, 'channel-unknown'],
    ['accepting an invitation that nobody made', eve, 'POST', `/v1/me/invitations/${group}/accept`, {}, 404, 'invitation-unknown'],
    ['refusing an invitation to an unknown group', eve, 'POST', `/v1/me/invitations/${NOBODY}/refuse`, {}, 404, 'invitation-unknown'],
    ['accepting a message request between others', eve, 'POST', `/v1/me/message-requests/${direct}/accept`, {}, 404, 'message-request-unknown'],
    ['refusing a message request that is none', bob, 'POST', `/v1/me/message-requests/${direct}/refuse`, {}, 404, 'message-request-unknown'],
    ['removing a member as a member', bob, 'DELETE', `/v1/channels/${group}/members/${ada.person}`, {}, 403, 'not-an-admin'],
    ['making an admin as a member', bob, 'PUT', `/v1/channels/${group}/members/${bob.person}/role`, open({ role: 'admin' }), 403, 'not-the-owner'],
    ['a role for the owner', ada, 'PUT', `/v1/channels/${group}/members/${ada.person}/role`, open({ role: 'member' }), 409, 'owner-must-hand-over'],
    ['a role for nobody who is a member', ada, 'PUT', `/v1/channels/${group}/members/${eve.person}/role`, open({ role: 'admin' }), 404, 'member-unknown'],
    ['a role that there is not', ada, 'PUT', `/v1/channels/${group}/members/${bob.person}/role`, open({ role: 'owner' }), 400, 'bad-request'],
    ['a group handed over to nobody', ada, 'PUT', `/v1/channels/${group}/owner`, open({ person: eve.person }), 404, 'member-unknown'],
    ['a description too long', ada, 'PUT', `/v1/channels/${group}/description`, open({ description: 'a'.repeat(1_001) }), 413, 'description-too-long'],
    ['a picture that nobody uploaded', ada, 'PUT', `/v1/channels/${group}/picture`, open({ media: NOBODY }), 404, 'media-unknown'],
    ['a link that ends in the past', ada, 'POST', `/v1/channels/${group}/links`, open({ expiresAt: '2020-01-01T00:00:00Z' }), 422, 'link-expiry-out-of-range'],
    ['a link for nobody', ada, 'POST', `/v1/channels/${group}/links`, open({ usesMax: 0 }), 400, 'bad-request'],
    ['a link of a member', bob, 'POST', `/v1/channels/${group}/links`, open({}), 403, 'not-an-admin'],
    ['a link that nobody made', eve, 'POST', '/v1/me/joined-links', open({ token: 'a'.repeat(64) }), 404, 'invitation-link-invalid'],
    ['a link that is none', eve, 'POST', '/v1/me/joined-links', open({ token: 'a' }), 400, 'bad-request'],
    ['letting somebody in who didn’t ask', ada, 'PUT', `/v1/channels/${group}/join-requests/${eve.person}`, {}, 404, 'join-request-unknown'],
    ['muting until the past', ada, 'PUT', `/v1/channels/${group}/mute`, open({ until: '2020-01-01T00:00:00Z' }), 422, 'mute-until-out-of-range'],
    ['a level that there is not', ada, 'PUT', `/v1/channels/${group}/level`, open({ level: 'some' }), 400, 'bad-request'],
    ['a time to live of a second', ada, 'PUT', `/v1/channels/${direct}/disappearing`, { body: { afterSeconds: 1 } }, 400, 'bad-request'],
    ['a time to live of ten years', ada, 'PUT', `/v1/channels/${direct}/disappearing`, { body: { afterSeconds: 315_360_000 } }, 400, 'bad-request'],
    ['no word of a time to live', ada, 'PUT', `/v1/channels/${direct}/disappearing`, { body: {} }, 400, 'bad-request'],
    ['a time to live set by a plain member', bob, 'PUT', `/v1/channels/${group}/disappearing`, { body: { afterSeconds: 60 } }, 403, 'not-an-admin'],
    ['an unknown channel', ada, 'POST', `/v1/channels/${NOBODY}/messages`, text('a'), 404, 'channel-unknown'],
    ['posting in a channel of others', eve, 'POST', messages, text('a'), 404, 'channel-unknown'],
    ['an empty message', ada, 'POST', messages, text('  '), 422, 'message-empty'],
    ['a message too long', ada, 'POST', messages, text('a'.repeat(100_001)), 413, 'message-too-long'],
    ['a reply to an unknown message', ada, 'POST', messages, { body: { text: 'a', replyTo: 99 } }, 404, 'message-unknown'],
    ['a seq that is a space', ada, 'PATCH', `${messages}/%20`, text('a'), 400, 'bad-request'],
    ['a seq in hexadecimal', ada, 'DELETE', `${messages}/0x0`, {}, 400, 'bad-request'],
    ['a negative seq', ada, 'POST', messages, { body: { text: 'a', replyTo: -1 } }, 400, 'bad-request'],
    ['another’s message edited', bob, 'PATCH', `${messages}/0`, text('a'), 403, 'not-the-sender'],
    ['a withdrawn message edited', ada, 'PATCH', `${messages}/1`, text('a'), 409, 'message-withdrawn'],
    ['a seq that is no number', ada, 'PATCH', `${messages}/one`, text('a'), 400, 'bad-request'],
    [
      'a message with a part beyond its text',
      ada,
      'POST',
      messages,
      { body: { text: 'a', entities: [{ kind: 'bold', from: 0, to: 2 }] } },
      422,
      'entity-invalid',
    ],
    ['a message with a part of no kind', ada, 'POST', messages, { body: { text: 'a', entities: [{ kind: 'html', from: 0, to: 1 }] } }, 400, 'bad-request'],
    [
      'a link that runs something',
      ada,
      'POST',
      messages,
      { body: { text: 'a', entities: [{ kind: 'link', from: 0, to: 1, url: 'javascript:alert(1)' }] } },
      422,
      'entity-invalid',
    ],
    ['a message with a picture that there isn’t', ada, 'POST', messages, { body: { text: '', media: [{ media: NOBODY }] } }, 404, 'media-unknown'],
    ['a message with nothing', ada, 'POST', messages, { body: { text: '', media: [] } }, 422, 'message-empty'],
    ['a quote of nothing', ada, 'POST', messages, { body: { text: 'a', quote: { from: 0, to: 1 } } }, 422, 'quote-invalid'],
    ['a quote beyond the text', ada, 'POST', messages, { body: { text: 'a', replyTo: 0, quote: { from: 0, to: 9 } } }, 422, 'quote-invalid'],
    ['a quote of what was withdrawn', ada, 'POST', messages, { body: { text: 'a', replyTo: 1, quote: { from: 0, to: 1 } } }, 409, 'message-withdrawn'],
    ['a pin of an unknown message', ada, 'PUT', `/v1/channels/${direct}/pins/99`, {}, 404, 'message-unknown'],
    ['a pin of what was withdrawn', ada, 'PUT', `/v1/channels/${direct}/pins/1`, {}, 409, 'message-withdrawn'],
    ['a pin in a channel of others', eve, 'PUT', `/v1/channels/${direct}/pins/0`, {}, 404, 'channel-unknown'],
    ['a word as a reaction', ada, 'PUT', `${messages}/0/reactions/yes`, {}, 422, 'emoji-invalid'],
    ['a read receipt beyond the last message', ada, 'PUT', `/v1/channels/${direct}/read`, { body: { seq: 99 } }, 404, 'message-unknown'],
    ['a read receipt in a channel of others', eve, 'PUT', `/v1/channels/${direct}/read`, { body: { seq: 0 } }, 404, 'channel-unknown'],
    ['muting a channel of others', eve, 'PUT', `/v1/channels/${direct}/mute`, {}, 404, 'channel-unknown'],
  ];
}

export async function acrossABlock(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const [ada, bob] = [await api.person(), await api.person()];
  await api.friends(ada, bob);
  const messages = `/v1/channels/${await api.direct(ada, bob)}/messages`;
  await api.request(bob, 'PUT', `/v1/me/blocks/${ada.person}`);
  return [['a message to a person who has blocked the sender', ada, 'POST', messages, text('a'), 403, 'blocked']];
}

export async function keysAndPositions(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const ada = await api.person();
  const keyed = (key: string, body = 'Hello'): BadRequestBody => ({ ...text(body), headers: { 'idempotency-key': key } });
  const at = (ms: number) => v7({ msecs: Date.parse(api.now()) + ms });
  await api.request(ada, 'POST', '/v1/me/feed', keyed('mine'));
  return [
    ['the same key for another request', ada, 'POST', '/v1/me/feed', keyed('mine', 'Goodbye'), 409, 'idempotency-key-reused'],
    ['a key of last month', ada, 'POST', '/v1/me/feed', keyed(at(-8 * DAY_MS)), 409, 'command-expired'],
    ['a key of tomorrow', ada, 'POST', '/v1/me/feed', keyed(at(DAY_MS)), 409, 'clock-skew'],
    ['a key with spaces', ada, 'POST', '/v1/me/feed', keyed('my key'), 400, 'bad-request'],
    ['a key too long', ada, 'POST', '/v1/me/feed', keyed('k'.repeat(256)), 400, 'bad-request'],
    ['a malformed position', ada, 'POST', '/v1/me/feed', { ...text('a'), headers: { 'min-position': 'latest' } }, 400, 'position-invalid'],
    ['another malformed position', ada, 'POST', '/v1/me/feed', { ...text('a'), headers: { 'tidings-position': '1.2.3' } }, 400, 'position-invalid'],
    [
      'a position of another log',
      ada,
      'POST',
      '/v1/me/feed',
      { ...text('a'), headers: { 'tidings-position': '1764417600-0.7' } },
      409,
      'position-of-another-log',
    ],
    ['a position too long', ada, 'POST', '/v1/me/feed', { ...text('a'), headers: { 'tidings-position': '0.1_'.repeat(200) } }, 400, 'bad-request'],
  ];
}
