/** The events of moderation: what people report, what moderators decide about it, and who is suspended. What hides a post is in the post's own stream. */
import type { ActingAs } from '../operators/roles.ts';
import type { Personal, SealingOf } from '../shared/event.ts';
import type { PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import type { Subject } from './subject.ts';
import type { Violation } from './violations.ts';

export const CASE_OUTCOMES = ['hidden', 'restored', 'suspended', 'lifted', 'cleared', 'dismissed'] as const;
export type CaseOutcome = (typeof CASE_OUTCOMES)[number];

/** `caseStream`: everything about one thing that was reported. `about`: the person whose it is. */
export type CaseEvent =
  | {
      readonly type: 'moderation.reported.v1';
      readonly data: {
        readonly subject: Subject;
        readonly about: PersonId;
        readonly by: PersonId;
        readonly violation: Violation;
        readonly text?: Personal<string>;
        readonly at: Instant;
      };
    }
  /** The person whose it is asks for another look at what was decided. */
  | {
      readonly type: 'moderation.appealed.v1';
      readonly data: {
        readonly subject: Subject;
        readonly about: PersonId;
        /** When what is appealed against was decided: it is appealed against once. */
        readonly against: Instant;
        readonly text: Personal<string>;
        readonly at: Instant;
      };
    }
  | {
      readonly type: 'moderation.case-closed.v1';
      readonly data: {
        readonly subject: Subject;
        readonly about: PersonId;
        readonly by: ActingAs;
        readonly outcome: CaseOutcome;
        /** An appeal waited. */
        readonly answersAppeal?: true;
        readonly at: Instant;
      };
    };

/** `standingStream`: whether a person may write. */
export type StandingEvent =
  | {
      readonly type: 'moderation.person-suspended.v1';
      readonly data: {
        readonly person: PersonId;
        readonly by: ActingAs;
        readonly violation: Violation;
        /** What the person is told beside it. */
        readonly statement?: Personal<string>;
        /** Absent: until it is lifted. */
        readonly until?: Instant;
        readonly at: Instant;
      };
    }
  | { readonly type: 'moderation.suspension-lifted.v1'; readonly data: { readonly person: PersonId; readonly by: ActingAs; readonly at: Instant } };

export type ModerationEvent = CaseEvent | StandingEvent;

export const moderationSealing: SealingOf<ModerationEvent> = {
  'moderation.reported.v1': { text: 'by' },
  'moderation.appealed.v1': { text: 'about' },
  'moderation.case-closed.v1': {},
  'moderation.person-suspended.v1': { statement: 'person' },
  'moderation.suspension-lifted.v1': {},
};
