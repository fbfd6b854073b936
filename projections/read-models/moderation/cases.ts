/**
 * The moderators' queue: what was reported, each thing once with its reports, and who is suspended. What people wrote goes with them: a
 * report stays and counts when its author is erased, and says nothing any more.
 */
import type { ActingAs } from '../../../domain/operators/roles.ts';
import type { CaseEvent, CaseOutcome, StandingEvent } from '../../../domain/moderation/events.ts';
import { caseOf, type Subject } from '../../../domain/moderation/subject.ts';
import type { Violation } from '../../../domain/moderation/violations.ts';
import type { UserEvent } from '../../../domain/people/events.ts';
import { orErased, type Recorded } from '../../../domain/shared/event.ts';
import type { CaseId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { Projector } from '../../projection.ts';

/** Id: `caseOf` its subject. */
export type CaseDocument = {
  readonly case: CaseId;
  readonly subject: Subject;
  /** The person whose it is. */
  readonly about: PersonId;
  readonly status: 'open' | 'closed';
  /** Since when it waits, or when it was closed. */
  readonly since: Instant;
  /** In the queue: the first that waits is the first, and no two have the same. */
  readonly place: string;
  readonly reports: number;
  /** What the last report says. */
  readonly violation: Violation | null;
  /** Against the last decision; null where there is none. Its text is null where its author was erased. */
  readonly appealedAt: Instant | null;
  readonly appeal: string | null;
  readonly outcome: CaseOutcome | null;
  readonly by: ActingAs | null;
};

/** Id: `reportId`. */
export type ReportDocument = {
  readonly case: CaseId;
  readonly by: PersonId;
  readonly violation: Violation;
  /** Null: there is none, or its author was erased. */
  readonly text: string | null;
  readonly at: Instant;
};

/** Id: the person. Whoever is not suspended, and never was, has none. A suspension until a time is over at that time. */
export type StandingDocument = {
  readonly person: PersonId;
  readonly suspended: boolean;
  readonly violation: Violation | null;
  readonly statement: string | null;
  /** Null: until it is lifted. */
  readonly until: Instant | null;
  readonly by: ActingAs;
  readonly at: Instant;
};

export const reportId = (of: CaseId, by: PersonId): string => `${of}:${by}`;

type Documents = { readonly cases: CaseDocument; readonly reports: ReportDocument; readonly standings: StandingDocument };
type HandledEvent = CaseEvent | StandingEvent | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const moderation = {
  kind: 'projector',
  name: 'moderation',
  version: 1,
  handles: [
    'moderation.reported.v1',
    'moderation.appealed.v1',
    'moderation.case-closed.v1',
    'moderation.person-suspended.v1',
    'moderation.suspension-lifted.v1',
    'people.person-erased.v1',
  ],
  indexes: {
    cases: [{ fields: ['status', 'place'] }, { fields: ['about', '_id'] }],
    reports: [{ fields: ['case', '_id'] }, { fields: ['by', '_id'] }],
    standings: [{ fields: ['suspended', '_id'] }, { fields: ['person', '_id'] }],
  },

  project: (event, { cases, reports, standings }) => {
    switch (event.type) {
      case 'moderation.reported.v1': {
        const { subject, by, violation, text, at } = event.data;
        const id = caseOf(subject);
        cases.update(id, event, (before) => withReport(before, event));
        reports.update(reportId(id, by), event, () => ({ case: id, by, violation, text: text === undefined ? null : orErased<string | null>(text, null), at }));
        return;
      }
      case 'moderation.appealed.v1': {
        const { subject, about, text, at } = event.data;
        const appeal = orErased<string | null>(text, null);
        cases.update(caseOf(subject), event, (before) => ({
          ...(before ?? opened(subject, about, at)),
          status: 'open',
          ...from(subject, at),
          appealedAt: at,
          appeal,
        }));
        return;
      }
      case 'moderation.case-closed.v1': {
        const { subject, about, by, outcome, at } = event.data;
        cases.update(caseOf(subject), event, (before) => ({ ...(before ?? opened(subject, about, at)), status: 'closed', ...from(subject, at), outcome, by }));
        return;
      }
      case 'moderation.person-suspended.v1': {
        const { person, violation, statement, until = null, by, at } = event.data;
        const told = statement === undefined ? null : orErased<string | null>(statement, null);
        standings.update(person, event, () => ({ person, suspended: true, violation, statement: told, until, by, at }));
        return;
      }
      case 'moderation.suspension-lifted.v1': {
        const { person, by, at } = event.data;
        standings.update(person, event, () => ({ person, suspended: false, violation: null, statement: null, until: null, by, at }));
        return;
      }
      case 'people.person-erased.v1':
        cases.patch({ about: event.key }, { appeal: null });
        reports.patch({ by: event.key }, { text: null });
        standings.patch({ person: event.key }, { statement: null });
        return;
    }
  },
} as const satisfies Projector<HandledEvent, Documents>;

const from = (subject: Subject, since: Instant) => ({ since, place: `${since} ${caseOf(subject)}` });

/** Nothing was reported yet. */
const opened = (subject: Subject, about: PersonId, since: Instant): CaseDocument => ({
  case: caseOf(subject),
  subject,
  about,
  status: 'open',
  ...from(subject, since),
  reports: 0,
  violation: null,
  appealedAt: null,
  appeal: null,
  outcome: null,
  by: null,
});

function withReport(before: CaseDocument | undefined, { data }: Recorded<Extract<CaseEvent, { type: 'moderation.reported.v1' }>>): CaseDocument {
  const { subject, about, violation, at } = data;
  const known = before ?? opened(subject, about, at);
  return { ...known, status: 'open', ...(known.status === 'closed' && from(subject, at)), reports: known.reports + 1, violation };
}
