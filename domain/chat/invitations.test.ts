import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import { channel } from './channel.ts';
import { CHANNEL_MEMBERS_MAX, INVITATIONS_MAX } from './groups/limits.ts';
import {
  acceptInvitation,
  add,
  ann,
  at,
  blocking,
  bob,
  cid,
  clear,
  group,
  id,
  invited,
  joined,
  leave,
  left,
  member,
  openGroup,
  people,
  refuseInvitation,
  refusedInvitation,
  removed,
  stranger,
  withdrawInvitation,
  withdrawn,
} from './test-fixture.ts';

test('a person whom the actor doesn’t know is asked first, and asked once', (t) => {
  given(channel, group)
    .when(add(stranger(bob)))
    .then(t, invited(bob));
  given(channel, group, invited(bob))
    .when(add(stranger(bob)))
    .then(t);
});

test('of an announcement channel with its thousands only so many invitations wait for an answer', (t) => {
  const opened = { type: 'chat.channel-opened.v1', data: { channel: id, kind: 'announcement', owner: ann, members: [ann], at } } as const;
  const waiting = people(INVITATIONS_MAX).map((one) => invited(one));
  given(channel, opened, ...waiting)
    .when(add(stranger(bob)))
    .thenRefused(t, 'too-many-invitations', { max: INVITATIONS_MAX });
  given(channel, opened, ...waiting, invited(bob))
    .when(add(stranger(bob)))
    .then(t);
  given(channel, opened, ...waiting.slice(1))
    .when(add(stranger(bob)))
    .then(t, invited(bob));
});

test('a group is opened with the people whom the owner knows; the others are asked', (t) => {
  given(channel)
    .when({ ...openGroup, others: [stranger(bob), clear(cid), stranger(bob)] })
    .then(t, { type: 'chat.channel-opened.v1', data: { channel: id, kind: 'group', owner: ann, members: [ann, cid], invited: [bob], at } });
});

test('a person who is invited joins by accepting, and accepting again changes nothing', (t) => {
  given(channel, group, invited(bob)).when(acceptInvitation(bob)).then(t, joined(bob));
  given(channel, group, invited(bob), joined(bob)).when(acceptInvitation(bob)).then(t);
});

test('a person who has become known to the actor is added without being asked again', (t) => {
  given(channel, group, invited(bob))
    .when(add(clear(bob)))
    .then(t, joined(bob, ann));
});

test('a person who refused, whose invitation was withdrawn, or who never was invited, can’t join', (t) => {
  given(channel, group, invited(bob)).when(refuseInvitation(bob)).then(t, refusedInvitation(bob));
  for (const history of [[], [invited(bob), refusedInvitation(bob)], [invited(bob), withdrawn(bob, ann)], [invited(bob), joined(bob), left(bob)]]) {
    given(channel, group, ...history)
      .when(acceptInvitation(bob))
      .thenRefused(t, 'invitation-unknown');
    given(channel, group, ...history)
      .when(refuseInvitation(bob))
      .thenRefused(t, 'invitation-unknown');
  }
  given(channel).when(acceptInvitation(bob)).thenRefused(t, 'invitation-unknown');
});

test('the inviting member and the owner withdraw an invitation, and nobody else', (t) => {
  const history = [group, joined(bob), joined(cid), invited(people(1)[0] as typeof bob, bob)];
  const [dan] = people(1) as [typeof bob];
  given(channel, ...history)
    .when(withdrawInvitation(bob, dan))
    .then(t, withdrawn(dan, bob));
  given(channel, ...history)
    .when(withdrawInvitation(ann, dan))
    .then(t, withdrawn(dan, ann));
  given(channel, ...history)
    .when(withdrawInvitation(cid, dan))
    .thenRefused(t, 'not-an-admin');
  given(channel, ...history, withdrawn(dan, bob))
    .when(withdrawInvitation(bob, dan))
    .then(t);
});

test('a person who left is asked before they are added again, also by a friend', (t) => {
  given(channel, group, joined(bob), left(bob))
    .when(add(clear(bob)))
    .then(t, invited(bob));
  given(channel, group, joined(bob), left(bob), invited(bob)).when(acceptInvitation(bob)).then(t, joined(bob));
  given(channel, group, joined(bob), left(bob), invited(bob), joined(bob)).when(leave(bob)).then(t, left(bob));
});

test('a person whom the owner removed is asked where the owner doesn’t know them', (t) => {
  given(channel, group, joined(bob), removed(bob, ann))
    .when(add(stranger(bob)))
    .then(t, invited(bob));
});

test('a person doesn’t come in while a block stands between them and a member, and nobody is told why', (t) => {
  const pairs = [
    [clear(bob), member(cid, { relationships: blocking(bob) })],
    [{ ...clear(bob), relationships: blocking(cid) }, member(cid)],
  ] as const;
  for (const [newcomer, other] of pairs) {
    given(channel, group, joined(cid))
      .when(add(newcomer, [member(ann), other]))
      .then(t, invited(bob));
    given(channel, group, joined(cid), invited(bob))
      .when({ ...acceptInvitation(bob, [member(ann), other]), self: newcomer })
      .thenRefused(t, 'invitation-unknown');
    given(channel, group, joined(cid), invited(bob), left(cid))
      .when({ ...acceptInvitation(bob), self: newcomer })
      .then(t, joined(bob));
  }
});

test('of two people with a block between them, the first is a member of a new group', (t) => {
  given(channel)
    .when({ ...openGroup, others: [clear(cid), { ...clear(bob), relationships: blocking(cid) }] })
    .then(t, { type: 'chat.channel-opened.v1', data: { channel: id, kind: 'group', owner: ann, members: [ann, cid], invited: [bob], at } });
});

test('people who are invited count among the members that a group may have', (t) => {
  const invitations = people(CHANNEL_MEMBERS_MAX - 1).map((person) => invited(person));
  const [first] = people(1) as [typeof bob];
  for (const newcomer of [clear(bob), stranger(bob)]) {
    given(channel, group, ...invitations)
      .when(add(newcomer))
      .thenRefused(t, 'channel-full', { max: CHANNEL_MEMBERS_MAX });
  }
  given(channel, group, ...invitations)
    .when(acceptInvitation(first))
    .then(t, joined(first));
  given(channel, group, ...invitations)
    .when(add(clear(first)))
    .then(t, joined(first, ann));
});
