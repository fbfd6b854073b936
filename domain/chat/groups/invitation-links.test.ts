/** Links that lead into a group, and requests to join. */
import fc from 'fast-check';
import test from 'ava';
import type { InvitationLinkId, PersonId } from '../../shared/ids.ts';
import { DAY_MS, plus } from '../../shared/instant.ts';
import { given } from '../../shared/given-when-then.ts';
import { channel } from '../channel.ts';
import { memberCountOf, type ChannelState } from '../channel-state.ts';
import type { ChannelEvent } from '../events.ts';
import { ann, at, blocking, bob, cid, clear, group, id, joined, left, member, people, removed } from '../test-fixture.ts';
import { INVITATION_LINKS_MAX, JOIN_REQUESTS_MAX, LINK_LIFETIME_MAX_DAYS } from './group-commands.ts';
import { ANNOUNCEMENT_MEMBERS_MAX, CHANNEL_MEMBERS_MAX } from './limits.ts';

const linkOf = (name: string) => name as InvitationLinkId;
const link = linkOf('link');
type Limits = { readonly usesMax?: number; readonly expiresAt?: ReturnType<typeof plus>; readonly approval?: true };
const created = (limits: Limits = {}, of = link): ChannelEvent => ({
  type: 'chat.invitation-link-created.v1',
  data: { channel: id, link: of, by: ann, ...limits, at },
});
const revoked = (of = link): ChannelEvent => ({ type: 'chat.invitation-link-revoked.v1', data: { channel: id, link: of, by: ann } });
const requested = (person: PersonId): ChannelEvent => ({ type: 'chat.join-requested.v1', data: { channel: id, person, link, at } });
const came = (person: PersonId): ChannelEvent => ({ type: 'chat.member-joined.v1', data: { channel: id, member: person, by: person, link, at } });
const follow = (actor: PersonId) => ({ type: 'join-by-link', channel: id, actor, link, self: member(actor), members: [member(ann)], at }) as const;
const create = { type: 'create-link', channel: id, actor: ann, link, at } as const;
const approve = (person: PersonId) => ({ type: 'approve-join-request', channel: id, actor: ann, member: clear(person), members: [member(ann)], at }) as const;

test('whoever follows a link is a member, once', (t) => {
  given(channel, group, created()).when(follow(bob)).then(t, came(bob));
  given(channel, group, created(), came(bob)).when(follow(bob)).then(t);
});

test('a link ends when it was revoked or used up, has expired, or its maker is no admin any more', (t) => {
  const nowhere = (...events: readonly ChannelEvent[]) =>
    given(channel, group, ...events)
      .when(follow(cid))
      .thenRefused(t, 'invitation-link-invalid');
  nowhere();
  nowhere(created(), revoked());
  nowhere(created({ usesMax: 1 }), came(bob));
  nowhere(created({ expiresAt: at }));
  nowhere(joined(bob), { type: 'chat.role-changed.v1', data: { channel: id, member: bob, role: 'admin', by: ann } }, created({}, link), left(ann), left(bob));
  nowhere(joined(bob), created(), left(ann));
  given(channel, group, created({ usesMax: 2 }), came(bob))
    .when(follow(cid))
    .then(t, came(cid));
  given(channel, group, created({ expiresAt: plus(at, 1) }))
    .when(follow(cid))
    .then(t, came(cid));
});

test('nobody comes back by a link who was removed, and nobody across a block from a member comes at all', (t) => {
  given(channel, group, created(), joined(bob), removed(bob, ann)).when(follow(bob)).thenRefused(t, 'invitation-link-invalid');
  given(channel, group, created())
    .when({ ...follow(bob), members: [member(ann, { relationships: blocking(bob) })] })
    .thenRefused(t, 'invitation-link-invalid');
  given(channel, group, created())
    .when({ ...follow(bob), self: member(bob, { relationships: blocking(ann) }) })
    .thenRefused(t, 'invitation-link-invalid');
});

test('where a link asks for approval, an admin lets people in or refuses them', (t) => {
  const asked = [group, created({ approval: true }), requested(bob)];
  given(channel, ...asked.slice(0, 2))
    .when(follow(bob))
    .then(t, requested(bob));
  given(channel, ...asked)
    .when(follow(bob))
    .then(t);
  given(channel, ...asked)
    .when(approve(bob))
    .then(t, { type: 'chat.member-joined.v1', data: { channel: id, member: bob, by: ann, at } });
  const refusing = { type: 'refuse-join-request', channel: id, actor: ann, member: bob } as const;
  const refused: ChannelEvent = { type: 'chat.join-request-refused.v1', data: { channel: id, person: bob, by: ann } };
  given(channel, ...asked)
    .when(refusing)
    .then(t, refused);
  given(channel, ...asked, refused)
    .when(refusing)
    .thenRefused(t, 'join-request-unknown');
  given(channel, ...asked, refused)
    .when(approve(bob))
    .thenRefused(t, 'join-request-unknown');
  const withdrawing = { type: 'withdraw-join-request', channel: id, actor: bob } as const;
  given(channel, ...asked)
    .when(withdrawing)
    .then(t, { type: 'chat.join-request-withdrawn.v1', data: { channel: id, person: bob } });
  given(channel, ...asked, refused)
    .when(withdrawing)
    .thenRefused(t, 'join-request-unknown');
});

test('a request takes one of the uses of its link, and so many wait at most', (t) => {
  given(channel, group, created({ approval: true, usesMax: 1 }), requested(bob))
    .when(follow(cid))
    .thenRefused(t, 'invitation-link-invalid');
  given(channel, group, created({ approval: true }), ...people(JOIN_REQUESTS_MAX).map(requested))
    .when(follow(cid))
    .thenRefused(t, 'too-many-join-requests', { max: JOIN_REQUESTS_MAX });
});

test('links are limited in number and time, and those that lead nowhere make room', (t) => {
  const many = Array.from({ length: INVITATION_LINKS_MAX }, (_, i) => created({}, linkOf(`link-${i}`)));
  given(channel, group, ...many)
    .when(create)
    .thenRefused(t, 'too-many-links', { max: INVITATION_LINKS_MAX });
  given(channel, group, ...many.slice(1), created({ expiresAt: at }, linkOf('over')))
    .when(create)
    .then(t, revoked(linkOf('over')), created());
  for (const expiresAt of [at, plus(at, -1), plus(at, (LINK_LIFETIME_MAX_DAYS + 1) * DAY_MS)])
    given(channel, group)
      .when({ ...create, expiresAt })
      .thenRefused(t, 'link-expiry-out-of-range', { days: LINK_LIFETIME_MAX_DAYS });
});

test('nobody comes into a direct channel by a link', (t) => {
  t.is(channel.decide(channel.initialState, follow(cid)).outcome, 'refused');
});

test('however people come, a group never has more than its places, and an announcement channel has more', (t) => {
  const way = fc.record({ person: fc.integer({ min: 0, max: 150 }), by: fc.constantFrom('link' as const, 'add' as const, 'approve' as const) });
  for (const kind of ['group', 'announcement'] as const) {
    const opened: ChannelEvent = { type: 'chat.channel-opened.v1', data: { channel: id, kind, owner: ann, members: [ann], at } };
    const max = kind === 'group' ? CHANNEL_MEMBERS_MAX : 120;
    fc.assert(
      fc.property(fc.array(way, { minLength: 150, maxLength: 200 }), (ways) => {
        let state: ChannelState = [opened, created(), ...people(95).map((one) => joined(one))].reduce<ChannelState>(channel.evolve, channel.initialState);
        for (const { person, by } of ways) {
          const who = `person-${person}` as PersonId;
          const command = {
            link: { ...follow(who), announcementMembersMax: max },
            add: { type: 'add', channel: id, actor: ann, member: clear(who), members: [], announcementMembersMax: max, at } as const,
            approve: { ...approve(who), announcementMembersMax: max },
          }[by];
          const decision = channel.decide(state, command);
          if (decision.outcome === 'accepted') state = decision.events.reduce<ChannelState>(channel.evolve, state);
          else if (by !== 'approve') t.deepEqual(decision.refusal, { code: 'channel-full', facts: { max } });
        }
        t.true(memberCountOf(state) <= max);
      }),
      { numRuns: 20 },
    );
  }
  t.true(ANNOUNCEMENT_MEMBERS_MAX > CHANNEL_MEMBERS_MAX);
});
