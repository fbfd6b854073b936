/** For tests of channels: three people, their commands and events in one group or one direct channel. */
import { relationships } from '../people/relationships.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import { instant } from '../shared/instant.ts';
import type { ChannelEvent } from './events.ts';
import type { MemberRelationships, Newcomer } from './newcomers.ts';

export const at = instant(0);
export const id = 'room' as ChannelId;
export const [ann, bob, cid] = ['ann', 'bob', 'cid'] as PersonId[] as [PersonId, PersonId, PersonId];
/** A friend of the actor. */
export const clear = (person: PersonId): Newcomer => ({
  person,
  user: { status: 'registered', login: 'hmac' },
  relation: 'clear',
  relationships: relationships.initialState,
  acquainted: true,
});
export const stranger = (person: PersonId): Newcomer => ({ ...clear(person), acquainted: false });
export const blocked = (person: PersonId): Newcomer => ({ ...clear(person), relation: 'blocked' });
export const erasedPerson = (person: PersonId): Newcomer => ({ ...clear(person), user: { status: 'erased', login: 'hmac' } });
export const blocking = (other: PersonId) => relationships.evolve(relationships.initialState, { type: 'people.blocked.v1', data: { person: other } });
export const member = (person: PersonId, more: Partial<MemberRelationships> = {}): MemberRelationships => ({
  person,
  relationships: relationships.initialState,
  ...more,
});

export const group: ChannelEvent = { type: 'chat.channel-opened.v1', data: { channel: id, kind: 'group', owner: ann, members: [ann], at } };
export const direct: ChannelEvent = { type: 'chat.channel-opened.v1', data: { channel: id, kind: 'direct', owner: ann, members: [ann, bob], at } };
export const joined = (member: PersonId, by: PersonId = member): ChannelEvent => ({ type: 'chat.member-joined.v1', data: { channel: id, member, by, at } });
export const left = (member: PersonId): ChannelEvent => ({ type: 'chat.member-left.v1', data: { channel: id, member } });
export const removed = (member: PersonId, by: PersonId): ChannelEvent => ({ type: 'chat.member-removed.v1', data: { channel: id, member, by } });
export const invited = (person: PersonId, by: PersonId = ann): ChannelEvent => ({
  type: 'chat.member-invited.v1',
  data: { channel: id, member: person, by, at },
});
export const refusedInvitation = (person: PersonId): ChannelEvent => ({ type: 'chat.invitation-refused.v1', data: { channel: id, member: person } });
export const withdrawn = (person: PersonId, by: PersonId): ChannelEvent => ({
  type: 'chat.invitation-withdrawn.v1',
  data: { channel: id, member: person, by },
});
export const request: ChannelEvent = { ...direct, data: { ...direct.data, request: true } } as ChannelEvent;
export const accepted: ChannelEvent = { type: 'chat.request-accepted.v1', data: { channel: id, from: ann, by: bob } };
export const refused: ChannelEvent = { type: 'chat.request-refused.v1', data: { channel: id, from: ann, by: bob } };
export const people = (count: number) => Array.from({ length: count }, (_, i) => `person-${i}` as PersonId);

export const openDirect = { type: 'open-direct', channel: id, actor: ann, other: clear(bob), friends: true, at } as const;
export const openGroup = { type: 'open-group', channel: id, actor: ann, others: [], at } as const;
export const add = (newcomer: Newcomer, members: readonly MemberRelationships[] = [member(ann)]) =>
  ({ type: 'add', channel: id, actor: ann, member: newcomer, members, at }) as const;
export const acceptInvitation = (actor: PersonId, members: readonly MemberRelationships[] = [member(ann)]) =>
  ({ type: 'accept-invitation', channel: id, actor, self: member(actor), members, at }) as const;
export const refuseInvitation = (actor: PersonId) => ({ type: 'refuse-invitation', channel: id, actor }) as const;
export const withdrawInvitation = (actor: PersonId, person: PersonId) => ({ type: 'withdraw-invitation', channel: id, actor, member: person }) as const;
export const answerRequest = (type: 'accept-request' | 'refuse-request', actor: PersonId) => ({ type, channel: id, actor }) as const;
export const leave = (actor: PersonId) => ({ type: 'leave', channel: id, actor }) as const;
export const remove = (actor: PersonId, person: PersonId) => ({ type: 'remove', channel: id, actor, member: person }) as const;
export const rename = (title: string) => ({ type: 'rename', channel: id, actor: ann, title }) as const;
