/** Roles: the table of who may do what, and that no sequence of commands leads out of it. */
import fc from 'fast-check';
import test from 'ava';
import type { ChannelId, InvitationLinkId, PersonId } from '../../shared/ids.ts';
import { keysOf } from '../../shared/persistent-map.ts';
import { channel, type ChannelCommand } from '../channel.ts';
import { isMember, memberCountOf, roleOf, type ChannelState } from '../channel-state.ts';
import type { ChannelEvent } from '../events.ts';
import { add, ann, at, blocking, bob, cid, clear, id, invited, joined, member, people, remove } from '../test-fixture.ts';
import { given } from '../../shared/given-when-then.ts';
import { ADMINS_MAX, joined as joinedEvent } from './group-commands.ts';
import { MAY, ROLES, refusalByRole, type GroupAction, type Role } from './roles.ts';

const [dan, eve] = ['dan', 'eve'] as unknown as readonly [PersonId, PersonId];
const link = 'link' as InvitationLinkId;

const opened = (kind: 'group' | 'announcement'): ChannelEvent => ({
  type: 'chat.channel-opened.v1',
  data: { channel: id, kind, owner: ann, members: [ann], at },
});
const promoted = (person: PersonId): ChannelEvent => ({ type: 'chat.role-changed.v1', data: { channel: id, member: person, role: 'admin', by: ann } });
const demoted = (person: PersonId, by = ann): ChannelEvent => ({ type: 'chat.role-changed.v1', data: { channel: id, member: person, role: 'member', by } });
const handedOver = (owner: PersonId, by: PersonId): ChannelEvent => ({ type: 'chat.owner-changed.v1', data: { channel: id, owner, by } });
const created = (by: PersonId): ChannelEvent => ({ type: 'chat.invitation-link-created.v1', data: { channel: id, link, by, at } });
const requested = (person: PersonId): ChannelEvent => ({ type: 'chat.join-requested.v1', data: { channel: id, person, link, at } });

/** Ann owns the channel, Bob is an admin and Cid a member; Dan asks to join, and Eve is invited by Ann. */
const history = (kind: 'group' | 'announcement') => [opened(kind), joined(bob), joined(cid), promoted(bob), created(ann), requested(dan), invited(eve, ann)];
const people3: Readonly<Record<Role, PersonId>> = { owner: ann, admin: bob, member: cid };

/** A command for each line of the table. Writing, reactions and pins are decided with the messages. */
const COMMANDS: Readonly<Record<Exclude<GroupAction, 'write' | 'react' | 'pin'>, (actor: PersonId) => readonly ChannelCommand[]>> = {
  'change-details': (actor) => [
    { type: 'rename', channel: id, actor, title: 'Us' },
    { type: 'describe', channel: id, actor, description: 'We sing.' },
    { type: 'set-picture', channel: id, actor, picture: null },
  ],
  'add-members': (actor) => [{ ...add(clear('fay' as PersonId)), actor }],
  'withdraw-invitations': (actor) => [{ type: 'withdraw-invitation', channel: id, actor, member: eve }],
  'manage-links': (actor) => [
    { type: 'create-link', channel: id, actor, link: 'another' as InvitationLinkId, at },
    { type: 'revoke-link', channel: id, actor, link },
  ],
  'answer-join-requests': (actor) => [
    { type: 'approve-join-request', channel: id, actor, member: clear(dan), members: [], at },
    { type: 'refuse-join-request', channel: id, actor, member: dan },
  ],
  'remove-members': (actor) => [remove(actor, 'gus' as PersonId)],
  'change-settings': (actor) => [
    { type: 'set-history', channel: id, actor, history: 'since-joining' },
    { type: 'set-disappearing', channel: id, actor, relation: 'clear', afterSeconds: 3_600, at },
  ],
  'change-roles': (actor) => [{ type: 'set-role', channel: id, actor, member: 'gus' as PersonId, role: 'admin' }],
  'hand-over': (actor) => [{ type: 'hand-over', channel: id, actor, member: 'gus' as PersonId }],
};

for (const kind of ['group', 'announcement'] as const) {
  test(`in a channel of kind ${kind} each role may do what the table says, and nothing else`, (t) => {
    const state = [...history(kind), joined('gus' as PersonId)].reduce<ChannelState>(channel.evolve, channel.initialState);
    if (state.status !== 'open') return t.fail();
    for (const [action, lowest] of Object.entries(MAY) as [GroupAction, Record<'group' | 'announcement', Role>][]) {
      for (const role of ROLES) {
        const may = ROLES.indexOf(role) >= ROLES.indexOf(lowest[kind]);
        t.is(refusalByRole(state, people3[role], action) === undefined, may, `${role}: ${action}`);
        if (action === 'write' || action === 'react' || action === 'pin') continue;
        for (const command of COMMANDS[action](people3[role])) {
          const decision = channel.decide(state, command);
          t.is(decision.outcome, may ? 'accepted' : 'refused', `${role}: ${command.type}`);
          if (decision.outcome === 'refused') t.is(decision.refusal.code, lowest[kind] === 'owner' ? 'not-the-owner' : 'not-an-admin');
        }
      }
    }
    t.is(channel.decide(state, { type: 'rename', channel: id, actor: dan, title: 'Us' }).outcome, 'refused', 'nobody who is no member');
  });
}

test('an admin removes members and no admin, gives the role up alone, and the owner removes both', (t) => {
  const group = history('group');
  given(channel, ...group)
    .when(remove(bob, cid))
    .then(t, { type: 'chat.member-removed.v1', data: { channel: id, member: cid, by: bob } });
  given(channel, ...group, promoted(cid))
    .when(remove(bob, cid))
    .thenRefused(t, 'not-the-owner');
  given(channel, ...group)
    .when(remove(bob, ann))
    .thenRefused(t, 'not-the-owner');
  given(channel, ...group)
    .when(remove(ann, bob))
    .then(t, { type: 'chat.member-removed.v1', data: { channel: id, member: bob, by: ann } });
  given(channel, ...group)
    .when({ type: 'set-role', channel: id, actor: bob, member: bob, role: 'member' })
    .then(t, demoted(bob, bob));
  given(channel, ...group, promoted(cid))
    .when({ type: 'set-role', channel: id, actor: bob, member: cid, role: 'member' })
    .thenRefused(t, 'not-the-owner');
});

test('the owner hands the group over to a member, and is an admin from then on', (t) => {
  const group = history('group');
  const handOver = { type: 'hand-over', channel: id, actor: ann, member: bob } as const;
  given(channel, ...group)
    .when(handOver)
    .then(t, handedOver(bob, ann));
  given(channel, ...group)
    .when({ ...handOver, member: dan })
    .thenRefused(t, 'member-unknown');
  given(channel, ...group)
    .when({ ...handOver, member: ann })
    .then(t);
  const state = [...group, handedOver(bob, ann)].reduce<ChannelState>(channel.evolve, channel.initialState);
  t.deepEqual([roleOf(state, ann), roleOf(state, bob), roleOf(state, cid), roleOf(state, dan)], ['admin', 'owner', 'member', undefined]);
  given(channel, ...group)
    .when({ type: 'set-role', channel: id, actor: ann, member: ann, role: 'member' })
    .thenRefused(t, 'owner-must-hand-over');
});

test('an admin owns the group that its owner has left, before a member who has been there longer', (t) => {
  const group: readonly ChannelEvent[] = [
    opened('group'),
    joined(cid),
    joined(bob),
    promoted(bob),
    { type: 'chat.member-left.v1', data: { channel: id, member: ann } },
  ];
  const state = group.reduce<ChannelState>(channel.evolve, channel.initialState);
  t.deepEqual([roleOf(state, bob), roleOf(state, cid)], ['owner', 'member']);
});

test('a group has a limited number of admins', (t) => {
  const many = people(ADMINS_MAX + 1);
  const group = [opened('group'), ...many.map((one) => joined(one)), ...many.slice(1).map(promoted)];
  given(channel, ...group)
    .when({ type: 'set-role', channel: id, actor: ann, member: many[0] as PersonId, role: 'admin' })
    .thenRefused(t, 'too-many-admins', { max: ADMINS_MAX });
});

test('of an announcement channel those who write are members in an array, and all others are not', (t) => {
  const after = (...events: readonly ChannelEvent[]) => [...history('announcement'), ...events].reduce<ChannelState>(channel.evolve, channel.initialState);
  const members = (state: ChannelState) => (state.status === 'open' ? [state.members, keysOf(state.readers).toSorted(), memberCountOf(state)] : []);
  t.deepEqual(members(after()), [[ann, bob], [cid], 3]);
  t.deepEqual(members(after(demoted(bob))), [[ann], [bob, cid], 3]);
  t.deepEqual(members(after(handedOver(cid, ann))), [[ann, bob, cid], [], 3]);
  t.deepEqual(after(demoted(bob), { type: 'chat.member-left.v1', data: { channel: id, member: ann } }), { status: 'closed' });
});

type Model = { owner: PersonId | undefined; readonly admins: Set<PersonId>; readonly members: PersonId[] };
const CROWD = [ann, bob, cid, dan, eve];

/** What the group should be, told in a few lines and apart from the decider. */
function applyTo(model: Model, command: ChannelCommand): boolean {
  const role = (person: PersonId) => (!model.members.includes(person) ? -1 : model.owner === person ? 2 : model.admins.has(person) ? 1 : 0);
  const leave = (person: PersonId) => {
    model.members.splice(model.members.indexOf(person), 1);
    model.admins.delete(person);
    if (model.owner !== person) return;
    model.owner = model.members.find((one) => model.admins.has(one)) ?? model.members[0];
    if (model.owner !== undefined) model.admins.delete(model.owner);
  };
  const actor = role(command.actor);
  if (command.type === 'add') {
    if (actor < 0 || role(command.member.person) >= 0) return false;
    model.members.push(command.member.person);
    return true;
  }
  if (command.type === 'leave') {
    if (actor < 0) return false;
    leave(command.actor);
    return true;
  }
  if (command.type !== 'remove' && command.type !== 'set-role' && command.type !== 'hand-over') return false;
  const target = role(command.member);
  if (actor < 0 || target < 0) return false;
  if (command.type === 'remove') {
    if (command.member !== command.actor && actor <= target && actor < 2) return false;
    if (command.member !== command.actor && actor < 1) return false;
    leave(command.member);
    return true;
  }
  if (command.type === 'hand-over') {
    if (actor < 2 || command.member === command.actor) return false;
    model.admins.add(command.actor);
    model.admins.delete(command.member);
    model.owner = command.member;
    return true;
  }
  const isGivingUp = command.member === command.actor && command.role === 'member' && target === 1;
  if ((actor < 2 && !isGivingUp) || target === 2 || (target === 1) === (command.role === 'admin')) return false;
  if (command.role === 'admin') model.admins.add(command.member);
  else model.admins.delete(command.member);
  return true;
}

test('whatever people do in a group, it has one owner among its members, and roles are those of a plain model', (t) => {
  const person = fc.constantFrom(...CROWD);
  const about = fc.record({ actor: person, member: person });
  const command = fc.oneof(
    about.map(({ actor, member: one }): ChannelCommand => ({ ...add(clear(one)), actor })),
    person.map((actor): ChannelCommand => ({ type: 'leave', channel: id, actor })),
    about.map(({ actor, member: one }): ChannelCommand => remove(actor, one)),
    fc
      .record({ actor: person, member: person, role: fc.constantFrom('admin' as const, 'member' as const) })
      .map((its): ChannelCommand => ({ type: 'set-role', channel: id, ...its })),
    about.map((its): ChannelCommand => ({ type: 'hand-over', channel: id, ...its })),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      let state: ChannelState = channel.evolve(channel.initialState, opened('group'));
      const model: Model = { owner: ann, admins: new Set(), members: [ann] };
      const departed = new Set<PersonId>();
      for (const one of commands) {
        if (one.type === 'add' && departed.has(one.member.person)) continue; // they are asked first: `invitations.test.ts`
        if (model.owner === undefined) break;
        const before = [...model.members];
        const isChange = applyTo(model, one);
        const decision = channel.decide(state, one);
        const events = decision.outcome === 'accepted' ? decision.events : [];
        t.is(events.length > 0, isChange, JSON.stringify(one));
        state = events.reduce<ChannelState>(channel.evolve, state);
        for (const gone of before) if (!model.members.includes(gone)) departed.add(gone);
        if (model.owner === undefined) t.is(state.status, 'closed');
        else
          for (const who of CROWD) {
            const role = !model.members.includes(who) ? undefined : model.owner === who ? 'owner' : model.admins.has(who) ? 'admin' : 'member';
            t.is(roleOf(state, who), role);
          }
      }
    }),
    { numRuns: 100 },
  );
});

test('what a new member may read is decided when they join', (t) => {
  const since: ChannelEvent = { type: 'chat.history-set.v1', data: { channel: id, by: ann, history: 'since-joining' } };
  const arriving = { ...add(clear(dan)), messageCount: 4, messagesRevision: 9 };
  given(channel, opened('group'))
    .when(arriving)
    .then(t, { type: 'chat.member-joined.v1', data: { channel: id, member: dan, by: ann, messageCount: 4, at } });
  given(channel, opened('group'), since)
    .when(arriving)
    .then(t, { type: 'chat.member-joined.v1', data: { channel: id, member: dan, by: ann, messageCount: 4, readsFrom: 10, at } });
  given(channel, opened('group')).when({ type: 'set-history', channel: id, actor: ann, history: 'all' }).then(t);
  const state = channel.evolve(channel.initialState, opened('group'));
  t.true(state.status === 'open' && !('readsFrom' in joinedEvent(state, arriving, { channel: id, member: dan, by: ann }).data));
});

test('nobody comes into a group by whom a member is blocked, however they come', (t) => {
  const approve = {
    type: 'approve-join-request',
    channel: id,
    actor: ann,
    member: clear(dan),
    members: [member(cid, { relationships: blocking(dan) })],
    at,
  } as const;
  given(channel, ...history('group'))
    .when(approve)
    .thenRefused(t, 'join-request-unknown');
  t.false(isMember([...history('group')].reduce<ChannelState>(channel.evolve, channel.initialState), dan));
  t.is(id, 'room' as ChannelId);
});
