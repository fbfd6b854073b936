import test from 'ava';
import fc from 'fast-check';
import type { Counterpart } from '../people/counterpart.ts';
import { erased } from '../shared/event.ts';
import { given } from '../shared/given-when-then.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import { instant } from '../shared/instant.ts';
import { channel, CHANNEL_MEMBERS_MAX, isMember, directPeerOf, TITLE_LENGTH_MAX_CHARACTERS, type ChannelCommand } from './channel.ts';
import type { ChannelEvent } from './events.ts';

const at = instant(0);
const id = 'room' as ChannelId;
const [ann, bob, cid] = ['ann', 'bob', 'cid'] as PersonId[] as [PersonId, PersonId, PersonId];
const clear = (person: PersonId): Counterpart => ({ person, user: { status: 'registered', login: 'hmac' }, relation: 'clear' });
const blocked = (person: PersonId): Counterpart => ({ ...clear(person), relation: 'blocked' });
const erasedPerson = (person: PersonId): Counterpart => ({ ...clear(person), user: { status: 'erased', login: 'hmac' } });

const group: ChannelEvent = { type: 'chat.channel-opened.v1', data: { channel: id, kind: 'group', owner: ann, members: [ann], at } };
const direct: ChannelEvent = { type: 'chat.channel-opened.v1', data: { channel: id, kind: 'direct', owner: ann, members: [ann, bob], at } };
const joined = (member: PersonId, by: PersonId = member): ChannelEvent => ({ type: 'chat.member-joined.v1', data: { channel: id, member, by, at } });
const left = (member: PersonId): ChannelEvent => ({ type: 'chat.member-left.v1', data: { channel: id, member } });
const removed = (member: PersonId, by: PersonId): ChannelEvent => ({ type: 'chat.member-removed.v1', data: { channel: id, member, by } });
const people = (count: number) => Array.from({ length: count }, (_, i) => `person-${i}` as PersonId);

const openDirect = { type: 'open-direct', channel: id, actor: ann, other: clear(bob), at } as const;
const openGroup = { type: 'open-group', channel: id, actor: ann, others: [], at } as const;
const add = (member: Counterpart) => ({ type: 'add', channel: id, actor: ann, member, at }) as const;
const join = (actor: PersonId) => ({ type: 'join', channel: id, actor, at }) as const;
const leave = (actor: PersonId) => ({ type: 'leave', channel: id, actor }) as const;
const remove = (actor: PersonId, member: PersonId) => ({ type: 'remove', channel: id, actor, member }) as const;
const rename = (title: string) => ({ type: 'rename', channel: id, actor: ann, title }) as const;

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
  for (const command of [add(clear(cid)), join(cid), leave(ann), remove(ann, bob), rename('Us')]) {
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

test('a person who knows the id of a group joins it, and joining again changes nothing', (t) => {
  given(channel, group).when(join(bob)).then(t, joined(bob));
  given(channel, group, joined(bob)).when(join(bob)).then(t);
});

test(`a group has at most ${CHANNEL_MEMBERS_MAX} members`, (t) => {
  const members = people(CHANNEL_MEMBERS_MAX - 1).map((person) => joined(person));
  given(channel, group, ...members)
    .when(add(clear(bob)))
    .thenRefused(t, 'channel-full', { max: CHANNEL_MEMBERS_MAX });
  given(channel, group, ...members)
    .when(join(bob))
    .thenRefused(t, 'channel-full');
  given(channel, group, ...members.slice(1))
    .when(join(bob))
    .then(t, joined(bob));
});

test('a member leaves, and leaving again changes nothing', (t) => {
  given(channel, group, joined(bob)).when(leave(bob)).then(t, left(bob));
  given(channel, group, joined(bob), left(bob)).when(leave(bob)).then(t);
});

test('the owner removes a member, and nobody else does', (t) => {
  given(channel, group, joined(bob)).when(remove(ann, bob)).then(t, removed(bob, ann));
  given(channel, group).when(remove(ann, bob)).then(t);
  given(channel, group, joined(bob), joined(cid)).when(remove(bob, cid)).thenRefused(t, 'not-the-owner');
});

test('a member who removes themselves leaves', (t) => {
  given(channel, group, joined(bob)).when(remove(bob, bob)).then(t, left(bob));
});

test('when the owner leaves, the member who joined first owns the group', (t) => {
  given(channel, group, joined(bob), joined(cid), left(ann)).when(remove(bob, cid)).then(t, removed(cid, bob));
  given(channel, group, joined(bob), joined(cid), left(ann)).when(remove(cid, bob)).thenRefused(t, 'not-the-owner');
});

test('a removed member can’t join again, but can be added', (t) => {
  given(channel, group, joined(bob), removed(bob, ann)).when(join(bob)).thenRefused(t, 'removed-from-channel');
  given(channel, group, joined(bob), removed(bob, ann))
    .when(add(clear(bob)))
    .then(t, joined(bob, ann));
  given(channel, group, joined(bob), removed(bob, ann), joined(bob, ann), left(bob)).when(join(bob)).then(t, joined(bob));
});

test('a group that all have left can’t be joined or opened again', (t) => {
  given(channel, group, left(ann)).when(join(ann)).thenRefused(t, 'channel-unknown');
  given(channel, group, left(ann)).when(openGroup).then(t);
});

test('a person who is no member can’t change a group', (t) => {
  given(channel, group)
    .when({ ...add(clear(cid)), actor: bob })
    .thenRefused(t, 'not-a-member');
  given(channel, group).when(remove(bob, ann)).thenRefused(t, 'not-a-member');
  given(channel, group)
    .when({ ...rename('Ours'), actor: bob })
    .thenRefused(t, 'not-a-member');
});

test('a channel that does not exist refuses every command', (t) => {
  for (const command of [add(clear(cid)), join(cid), leave(ann), remove(ann, bob), rename('Us')]) {
    given(channel).when(command).thenRefused(t, 'channel-unknown');
  }
});

test('a group whose title was erased works like any other', (t) => {
  given(channel, { ...group, data: { ...group.data, title: erased } } as ChannelEvent)
    .when(join(bob))
    .then(t, joined(bob));
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
    fc.record({ actor: person, member: person }).map(({ actor, member }) => ({ ...add(clear(member)), actor })),
    person.map(join),
    person.map(leave),
    fc.record({ actor: person, member: person }).map(({ actor, member }) => remove(actor, member)),
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
