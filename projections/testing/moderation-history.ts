/** The part of the history that is of moderation: a post that was reported, decided about and appealed for, and two people who were suspended. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { OperatorId, PersonId, PostId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';

const at = instant(Date.UTC(2030, 0, 1));
const [ann, bob, cyd] = ['ann', 'bob', 'cyd'] as unknown as readonly [PersonId, PersonId, PersonId];
const by = 'mod' as OperatorId;
const subject = { kind: 'post', post: 'p1' as PostId } as const;

export const moderationHistory: Readonly<Record<string, readonly TidingsEvent[]>> = {
  'case-post:p1': [
    { type: 'moderation.reported.v1', data: { subject, about: ann, by: bob, violation: 'spam', at } },
    { type: 'moderation.reported.v1', data: { subject, about: ann, by: cyd, violation: 'hate', text: 'It hurts.', at } },
    { type: 'moderation.case-closed.v1', data: { subject, about: ann, by, outcome: 'hidden', at } },
    { type: 'moderation.appealed.v1', data: { subject, about: ann, against: at, text: 'It was a quotation.', at } },
  ],
  'standing-bob': [
    { type: 'moderation.person-suspended.v1', data: { person: bob, by, violation: 'spam', until: at, at } },
    { type: 'moderation.suspension-lifted.v1', data: { person: bob, by, at } },
  ],
  'standing-cyd': [{ type: 'moderation.person-suspended.v1', data: { person: cyd, by, violation: 'hate', statement: 'After three warnings.', at } }],
};
