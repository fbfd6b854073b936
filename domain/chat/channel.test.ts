import test from 'ava';
import fc from 'fast-check';
import { erased } from '../shared/event.ts';
import { given } from '../shared/given-when-then.ts';
import { channel, TITLE_LENGTH_MAX_CHARACTERS, type ChannelCommand } from './channel.ts';
import { CHANNEL_MEMBERS_MAX } from './groups/limits.ts';
import { isMember, directPeerOf } from './channel-state.ts';
import type { ChannelEvent } from './events.ts';
import {
  acceptInvitation,
  add,
  ann,
  at,
  blocked,
  bob,
  cid,
  clear,
  direct,
  erasedPerson,
  group,
  id,
  invited,
  joined,
  leave,
  left,
  openDirect,
  openGroup,
  people,
  refuseInvitation,
  remove,
  removed,
  rename,
  stranger,
  withdrawInvitation,
} from './test-fixture.ts';

test('two people open a direct channel, and opening it again changes nothing', (t) => {
  given(channel).when(openDirect).then(t, direct);
  given(channel, direct).when(openDirect).then(t);
  given(channel, direct)
    .when({ ...openDirect, actor: bob, other: clear(ann) })
    .then(t);
});

test('a direct channel can’t be opened with oneself, an erased person, or across a block', (t) => {
  given(channel)
    .when({ ...openDirect, other: clear(ann) })
    .thenRefused(t, 'self-not-allowed');
  given(channel)
    .when({ ...openDirect, other: erasedPerson(bob) })
    .thenRefused(t, 'person-erased');
  given(channel)
    .when({ ...openDirect, other: blocked(bob) })
    .thenRefused(t, 'blocked');
});

test('a direct channel keeps its two people and has no title', (t) => {
  for (const command of [add(clear(cid)), withdrawInvitation(ann, cid), leave(ann), remove(ann, bob), rename('Us')]) {
    given(channel, direct).when(command).thenRefused(t, 'not-a-group');
  }
});

test('a person opens a group with others, and a person named twice is a member once', (t) => {
  given(channel)
    .when({ ...openGroup, others: [clear(bob), clear(ann), clear(bob)], title: 'Choir' })
    .then(t, { type: 'chat.channel-opened.v1', data: { channel: id, kind: 'group', owner: ann, members: [ann, bob], title: 'Choir', at } });
});

test('opening a group that is open changes nothing', (t) => {
  given(channel, group).when(openGroup).then(t);
});

test('a group can’t be opened with an erased or blocked person, too many members, or an empty title', (t) => {
  given(channel)
    .when({ ...openGroup, others: [clear(cid), erasedPerson(bob)] })
    .thenRefused(t, 'person-erased');
  given(channel)
    .when({ ...openGroup, others: [blocked(bob)] })
    .thenRefused(t, 'blocked');
  given(channel)
    .when({ ...openGroup, others: people(CHANNEL_MEMBERS_MAX).map(clear) })
    .thenRefused(t, 'channel-full', { max: CHANNEL_MEMBERS_MAX });
  given(channel)
    .when({ ...openGroup, title: ' ' })
    .thenRefused(t, 'title-empty');
});

test('a member renames a group', (t) => {
  given(channel, group)
    .when(rename('Choir'))
    .then(t, { type: 'chat.channel-renamed.v1', data: { channel: id, by: ann, title: 'Choir' } });
  given(channel, group)
    .when(rename('a'.repeat(TITLE_LENGTH_MAX_CHARACTERS + 1)))
    .thenRefused(t, 'title-too-long');
});

test('a member adds a person, and adding them again changes nothing', (t) => {
  given(channel, group)
    .when(add(clear(bob)))
    .then(t, joined(bob, ann));
  given(channel, group, joined(bob))
    .when(add(clear(bob)))
    .then(t);
});

test('an erased person can’t be added, nor anybody across a block', (t) => {
  given(channel, group)
    .when(add(erasedPerson(bob)))
    .thenRefused(t, 'person-erased');
  given(channel, group)
    .when(add(blocked(bob)))
    .thenRefused(t, 'blocked');
});

test(`a group has at most ${CHANNEL_MEMBERS_MAX} members`, (t) => {
  const members = people(CHANNEL_MEMBERS_MAX - 1).map((person) => joined(person));
  given(channel, group, ...members)
    .when(add(clear(bob)))
    .thenRefused(t, 'channel-full', { max: CHANNEL_MEMBERS_MAX });
  given(channel, group, ...members)
    .when(add(stranger(bob)))
    .thenRefused(t, 'channel-full');
  given(channel, group, ...members.slice(1))
    .when(add(clear(bob)))
    .then(t, joined(bob, ann));
});

test('a member leaves, and knows of no channel from then on', (t) => {
  given(channel, group, joined(bob)).when(leave(bob)).then(t, left(bob));
  given(channel, group, joined(bob), left(bob)).when(leave(bob)).thenRefused(t, 'channel-unknown');
});

test('the owner removes a member, and no other member does', (t) => {
  given(channel, group, joined(bob)).when(remove(ann, bob)).then(t, removed(bob, ann));
  given(channel, group).when(remove(ann, bob)).then(t);
  given(channel, group, joined(bob), joined(cid)).when(remove(bob, cid)).thenRefused(t, 'not-an-admin');
});

test('a member who removes themselves leaves', (t) => {
  given(channel, group, joined(bob)).when(remove(bob, bob)).then(t, left(bob));
});

test('when the owner leaves, the member who joined first owns the group', (t) => {
  given(channel, group, joined(bob), joined(cid), left(ann)).when(remove(bob, cid)).then(t, removed(cid, bob));
  given(channel, group, joined(bob), joined(cid), left(ann)).when(remove(cid, bob)).thenRefused(t, 'not-an-admin');
});

test('a removed member is added again by the owner, and by no other member', (t) => {
  given(channel, group, joined(bob), joined(cid), removed(bob, ann))
    .when(add(clear(bob)))
    .then(t, joined(bob, ann));
  for (const newcomer of [clear(bob), stranger(bob)]) {
    given(channel, group, joined(bob), joined(cid), removed(bob, ann))
      .when({ ...add(newcomer), actor: cid })
      .thenRefused(t, 'not-an-admin');
  }
});

test('a group that all have left can’t be opened again, nor an invitation to it accepted', (t) => {
  given(channel, group, invited(bob), left(ann)).when(acceptInvitation(bob)).thenRefused(t, 'invitation-unknown');
  given(channel, group, left(ann)).when(openGroup).then(t);
});

test('a person who is no member can’t change a group', (t) => {
  given(channel, group)
    .when({ ...add(clear(cid)), actor: bob })
    .thenRefused(t, 'channel-unknown');
  given(channel, group).when(remove(bob, ann)).thenRefused(t, 'channel-unknown');
  given(channel, group)
    .when({ ...rename('Ours'), actor: bob })
    .thenRefused(t, 'channel-unknown');
});

test('a channel that does not exist refuses every command', (t) => {
  for (const command of [add(clear(cid)), withdrawInvitation(ann, cid), leave(ann), remove(ann, bob), rename('Us')]) {
    given(channel).when(command).thenRefused(t, 'channel-unknown');
  }
});

test('a group whose title was erased works like any other', (t) => {
  given(channel, { ...group, data: { ...group.data, title: erased } } as ChannelEvent)
    .when(add(clear(bob)))
    .then(t, joined(bob, ann));
});

test('the peer in a direct channel is the other of its two people; a group has none', (t) => {
  const [between, among] = [direct, group].map((event) => channel.evolve(channel.initialState, event)) as [
    typeof channel.initialState,
    typeof channel.initialState,
  ];
  t.deepEqual([directPeerOf(between, ann), directPeerOf(between, bob), directPeerOf(among, ann)], [bob, ann, undefined]);
});

test('no order of commands makes a group too large, or leaves it without an owner among its members', (t) => {
  const full = [group, ...people(CHANNEL_MEMBERS_MAX - 3).map((person) => joined(person))].reduce(channel.evolve, channel.initialState);
  const person = fc.constantFrom(ann, bob, cid, ...people(5));
  const command: fc.Arbitrary<ChannelCommand> = fc.oneof(
    fc.record({ actor: person, other: person }).map(({ actor, other }) => ({ ...add(clear(other)), actor })),
    fc.record({ actor: person, other: person }).map(({ actor, other }) => ({ ...add(stranger(other)), actor })),
    person.map((actor) => acceptInvitation(actor)),
    person.map(refuseInvitation),
    person.map(leave),
    fc.record({ actor: person, other: person }).map(({ actor, other }) => remove(actor, other)),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
      let state = full;
      for (const each of commands) {
        const decision = channel.decide(state, each);
        if (decision.outcome === 'accepted') state = decision.events.reduce(channel.evolve, state);
        if (state.status !== 'open') return;
        t.true(state.members.length <= CHANNEL_MEMBERS_MAX);
        t.is(new Set(state.members).size, state.members.length);
        t.true(isMember(state, state.owner));
      }
    }),
  );
});
