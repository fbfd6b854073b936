import test from 'ava';
import type { ActingAs } from '../operators/roles.ts';
import type { UserState } from '../people/user.ts';
import { given } from '../shared/given-when-then.ts';
import type { ChannelId, OperatorId, PersonId, PostId } from '../shared/ids.ts';
import { instant, plus, type Instant } from '../shared/instant.ts';
import type { CaseEvent, StandingEvent } from './events.ts';
import { moderationCase, REPORTERS_MAX, type CaseCommand } from './moderation-case.ts';
import { isSuspended, refusalIfSuspended, standing, type StandingCommand } from './standing.ts';
import { caseOf, subjectOf, type Subject } from './subject.ts';
import { MODERATION_TEXT_CHARACTERS_MAX } from './violations.ts';

const at = instant(0);
const later = plus(at, 1_000);
const [ann, bob, cyd] = ['ann', 'bob', 'cyd'] as unknown as readonly [PersonId, PersonId, PersonId];
const mod: ActingAs = 'mod' as OperatorId;
const user: UserState = { status: 'registered', login: 'h' };

const suspend = (changes: Partial<Extract<StandingCommand, { type: 'suspend' }>> = {}): StandingCommand => ({
  type: 'suspend',
  person: ann,
  user,
  by: mod,
  violation: 'spam',
  at,
  ...changes,
});
const suspended = (until?: Instant): StandingEvent => ({
  type: 'moderation.person-suspended.v1',
  data: { person: ann, by: mod, violation: 'spam', ...(until !== undefined && { until }), at },
});
const lifted: StandingEvent = { type: 'moderation.suspension-lifted.v1', data: { person: ann, by: mod, at } };
const lift: StandingCommand = { type: 'lift', person: ann, by: mod, at };

test('a person is suspended for a time or for good, once, and a suspension is lifted', (t) => {
  given(standing).when(suspend()).then(t, suspended());
  given(standing, suspended()).when(suspend()).then(t);
  given(standing)
    .when(suspend({ until: later }))
    .then(t, suspended(later));
  given(standing, suspended(later)).when(suspend()).then(t, suspended());
  given(standing, suspended()).when(lift).then(t, lifted);
  given(standing, suspended(), lifted).when(lift).then(t);
});

test('a suspension that is over is over without anybody lifting it', (t) => {
  const state = [suspended(later)].reduce(standing.evolve, standing.initialState);
  t.true(isSuspended(state, at));
  t.deepEqual(refusalIfSuspended(state, at), { code: 'suspended', facts: { until: later } });
  t.is(refusalIfSuspended(state, later), undefined, 'its last moment is the one before its end');
  t.deepEqual(refusalIfSuspended([suspended()].reduce(standing.evolve, standing.initialState), later), { code: 'suspended-for-good' });
  given(standing, suspended(at)).when(lift).then(t);
});

test('nobody is suspended who isn’t there, nor until a time that has passed', (t) => {
  given(standing)
    .when(suspend({ user: { status: 'none' } }))
    .thenRefused(t, 'person-unknown');
  given(standing)
    .when(suspend({ user: { status: 'erased', login: 'h' } }))
    .thenRefused(t, 'person-erased');
  given(standing)
    .when(suspend({ until: at }))
    .thenRefused(t, 'suspension-over');
});

const subject = { kind: 'post', post: 'p' as PostId } as const;
const report = (changes: Partial<Extract<CaseCommand, { type: 'report' }>> = {}): CaseCommand => ({
  type: 'report',
  subject,
  about: ann,
  actor: bob,
  violation: 'spam',
  refusal: undefined,
  at,
  ...changes,
});
const reported = (by: PersonId): CaseEvent => ({ type: 'moderation.reported.v1', data: { subject, about: ann, by, violation: 'spam', at } });
const close = (outcome: 'hidden' | 'dismissed'): CaseCommand => ({ type: 'close', subject, about: ann, by: mod, outcome, at });
const closed = (outcome: 'hidden' | 'dismissed'): CaseEvent => ({ type: 'moderation.case-closed.v1', data: { subject, about: ann, by: mod, outcome, at } });

test('each person’s report counts once, also after the case was closed', (t) => {
  given(moderationCase).when(report()).then(t, reported(bob));
  given(moderationCase, reported(bob)).when(report()).then(t);
  given(moderationCase, reported(bob), closed('dismissed')).when(report()).then(t);
  given(moderationCase, reported(bob), closed('dismissed'))
    .when(report({ actor: cyd }))
    .then(t, reported(cyd));
});

test('nobody reports themselves, nor what they can’t see', (t) => {
  given(moderationCase)
    .when(report({ actor: ann }))
    .thenRefused(t, 'self-not-allowed');
  given(moderationCase)
    .when(report({ refusal: { code: 'post-unknown' } }))
    .thenRefused(t, 'post-unknown');
});

test('a report’s text is bounded', (t) => {
  const length = MODERATION_TEXT_CHARACTERS_MAX + 1;
  given(moderationCase)
    .when(report({ text: 'a'.repeat(length) }))
    .thenRefused(t, 'moderation-text-too-long', { length, max: MODERATION_TEXT_CHARACTERS_MAX });
});

test('so many reports make a case no more urgent, and are kept no more', (t) => {
  const reports = Array.from({ length: REPORTERS_MAX }, (_, n) => reported(`person-${n}` as PersonId));
  given(moderationCase, ...reports)
    .when(report())
    .then(t);
  given(moderationCase, ...reports, closed('dismissed'))
    .when(report())
    .then(t, reported(bob));
});

test('a case is closed once until it is reported again; what nobody reported can be hidden, and not dismissed', (t) => {
  given(moderationCase, reported(bob)).when(close('dismissed')).then(t, closed('dismissed'));
  given(moderationCase, reported(bob), closed('hidden')).when(close('hidden')).then(t);
  given(moderationCase).when(close('hidden')).then(t, closed('hidden'));
  given(moderationCase).when(close('dismissed')).then(t);
});

test('a decision is appealed against once, with a text, by whom it concerns', (t) => {
  const appeal = { type: 'appeal', subject, actor: ann, text: 'It was a quotation.', against: at, at } as const;
  const appealed: CaseEvent = { type: 'moderation.appealed.v1', data: { subject, about: ann, against: at, text: 'It was a quotation.', at } };
  given(moderationCase, closed('hidden')).when(appeal).then(t, appealed);
  given(moderationCase, closed('hidden'), appealed).when(appeal).thenRefused(t, 'appealed-already');
  given(moderationCase, closed('hidden'), appealed)
    .when(close('dismissed'))
    .then(t, { type: 'moderation.case-closed.v1', data: { subject, about: ann, by: mod, outcome: 'dismissed', at, answersAppeal: true } });
  given(moderationCase, closed('hidden'), appealed)
    .when({ ...appeal, against: later })
    .then(t, { type: 'moderation.appealed.v1', data: { ...appealed.data, against: later } });
  given(moderationCase)
    .when({ ...appeal, against: null })
    .thenRefused(t, 'nothing-to-appeal');
  given(moderationCase, closed('hidden'))
    .when({ ...appeal, text: ' ' })
    .thenRefused(t, 'appeal-empty');
});

test('each thing that can be reported has a case of its own', (t) => {
  const post = 'p' as PostId;
  t.is<string, string>(caseOf({ kind: 'post', post }), 'post:p');
  t.is<string, string>(caseOf({ kind: 'media', post, media: 1 }), 'media:p:1');
  t.is<string, string>(caseOf({ kind: 'person', person: ann }), 'person:ann');
  t.is<string, string>(caseOf({ kind: 'message', channel: 'c' as ChannelId, message: 7 }), 'message:c:7');
});

test('a case names its subject, and no other text does', (t) => {
  const [post, channel, person] = ['01JPC9BF8GTSV4RRFFQ69G5FAV' as PostId, '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as ChannelId, ann];
  const subjects: readonly Subject[] = [
    { kind: 'post', post },
    { kind: 'media', post, media: 3 },
    { kind: 'message', channel, message: 0 },
    { kind: 'person', person: '7d1b8a44-2f4e-5c0b-8f3e-94f1a3c7b002' as PersonId },
  ];
  for (const subject of subjects) t.deepEqual(subjectOf(caseOf(subject)), subject);
  for (const text of [
    '',
    'post:',
    'post:p',
    `post:${post}:1`,
    `media:${post}`,
    `media:${post}:-1`,
    `media:${post}:01`,
    `message:${channel}`,
    `person:${person}`,
    post,
  ])
    t.is(subjectOf(text), undefined, text);
});
