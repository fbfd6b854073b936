/** The part of the control protocol that is about what people report, and what moderators decide. */
import { z } from 'zod';
import { subjectOf } from '../../../domain/moderation/subject.ts';
import { PROFILE_PARTS } from '../../../domain/people/user.ts';
import { MODERATION_TEXT_CHARACTERS_MAX, VIOLATIONS } from '../../../domain/moderation/violations.ts';
import type { CaseId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { instantWithOffset, personId } from '../../../edge/fields.ts';
import type { CaseDocument, ReportDocument, StandingDocument } from '../../../projections/read-models/moderation/cases.ts';

const LISTED_MAX = 1_000;
const PLACE_CHARACTERS_MAX = 200;

const limit = z.number().int().positive().max(LISTED_MAX);
/** Where the page before ended. */
const after = z.string().max(PLACE_CHARACTERS_MAX).optional();
const caseId = z.custom<CaseId>((value) => typeof value === 'string' && subjectOf(value) !== undefined, 'a case, such as post:01JPC9BF8GTSV4RRFFQ69G5FAV');
const grounds = {
  violation: z.enum(VIOLATIONS),
  statement: z
    .string()
    .max(MODERATION_TEXT_CHARACTERS_MAX * 2)
    .optional(),
};

export const moderationRequests = {
  /** Those that wait, the first first; or those that were closed, in the order in which they were. */
  'list-cases': z.strictObject({ status: z.enum(['open', 'closed']), after, limit }),
  /** With what was reported, as it is now. */
  'show-case': z.strictObject({ case: caseId }),
  'list-reports': z.strictObject({ case: caseId, after, limit }),
  'list-suspended': z.strictObject({ after, limit }),
  /** A post, or one of its pictures. */
  'hide-post': z.strictObject({ case: caseId, ...grounds }),
  'restore-post': z.strictObject({ case: caseId }),
  /** `case`: what it is for, which is closed as well. */
  'suspend-person': z.strictObject({ person: personId, ...grounds, until: instantWithOffset.optional(), case: caseId.optional() }),
  /** Of a case of a picture or of a person: the bytes, as they were made for readers. */
  'show-picture': z.strictObject({ case: caseId }),
  'clear-profile': z.strictObject({ person: personId, parts: z.array(z.enum(PROFILE_PARTS)).min(1) }),
  'lift-suspension': z.strictObject({ person: personId }),
  'dismiss-case': z.strictObject({ case: caseId }),
} as const;

/** `place`: the `after` of what comes behind it. */
export type CaseLine = Omit<CaseDocument, 'appeal'>;
export type ReportLine = ReportDocument & { readonly place: string };
export type StandingLine = Omit<StandingDocument, 'statement'> & { readonly place: string };

/** `content`: null where there is nothing any more. */
export type ShownCaseLine = {
  readonly case: CaseId;
  /** Null: nobody has reported it, and nobody has decided about it. */
  readonly known: Omit<CaseDocument, 'case'> | null;
  readonly content: { readonly by: PersonId; readonly name: string | null; readonly text: string | null; readonly at: Instant | null } | null;
};

/** A part of the picture, in order, in base64. */
export type PictureLine = { readonly type: string; readonly bytes: string };

export type DecidedLine = { readonly outcome: 'appended' | 'unchanged' };

export type ModerationLines = {
  readonly 'list-cases': CaseLine;
  readonly 'show-case': ShownCaseLine;
  readonly 'list-reports': ReportLine;
  readonly 'list-suspended': StandingLine;
  readonly 'hide-post': DecidedLine;
  readonly 'restore-post': DecidedLine;
  readonly 'suspend-person': DecidedLine;
  readonly 'show-picture': PictureLine;
  readonly 'clear-profile': DecidedLine;
  readonly 'lift-suspension': DecidedLine;
  readonly 'dismiss-case': DecidedLine;
};
