import type { CaseEvent, StandingEvent } from '../../moderation/events.ts';
import type { OperatorId, PersonId, PostId } from '../../shared/ids.ts';
import { at, later, type Samples } from '../samples.ts';

const about = '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId;
const by = '7d1b8a44-2f4e-5c0b-8f3e-94f1a3c7b002' as PersonId;
const operator = '2b7a9c4e-6d1f-5e80-9a3b-4c5d6e7f8091' as OperatorId;
const subject = { kind: 'post', post: '01JPC9BF8GTSV4RRFFQ69G5FAV' as PostId } as const;

export const caseSamples: Samples<CaseEvent> = {
  'moderation.reported.v1': { subject, about, by, violation: 'harassment', text: 'He writes this under everything.', at },
  'moderation.case-closed.v1': { subject, about, by: operator, outcome: 'hidden', at: later },
  'moderation.appealed.v1': { subject, about, against: later, text: 'It was a quotation.', at: later },
};

export const standingSamples: Samples<StandingEvent> = {
  'moderation.person-suspended.v1': {
    person: about,
    by: operator,
    violation: 'harassment',
    statement: 'After three warnings.',
    until: '2025-03-21T16:09:26.535Z' as typeof at,
    at: later,
  },
  'moderation.suspension-lifted.v1': { person: about, by: operator, at: later },
};
