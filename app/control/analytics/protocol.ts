/** The part of the control protocol that is for analysts: the log to be kept elsewhere, documents, and how things were. */
import { z } from 'zod';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { LogEpoch, Position } from '../../../ports/event-log/port.ts';
import { isPosition } from '../../../ports/event-log/position.ts';
import type { Document, SourceRevisions } from '../../../ports/views/port.ts';
import type { LogLine } from '../log-line.ts';

const NAME_CHARACTERS_MAX = 1_000;
const NAMES_MAX = 1_000;

const name = z.string().min(1).max(NAME_CHARACTERS_MAX);
const position = z.custom<Position>((value) => typeof value === 'string' && isPosition(value), 'a position');
const moment = z.custom<Instant>((value) => typeof value === 'string' && z.iso.datetime({ precision: 3 }).safeParse(value).success, 'a moment');
const personal = z.enum(['hidden', 'revealed']);
/** Of a hundred: how much of the time the process may work on it, so that it has the rest for others. */
const share = z.number().int().min(1).max(100);
/** The state after the events up to a moment, the event's own, or up to a revision. */
const asOf = z.union([z.strictObject({ moment }), z.strictObject({ revision: z.number().int().min(0) })]);

export const analyticsRequests = {
  'list-logs': z.strictObject({}),
  'export-log': z.strictObject({
    log: name,
    /** Exclusive; from the log's start where it is absent. */
    after: position.optional(),
    /** Inclusive. */
    until: position,
    types: z.array(name).min(1).max(NAMES_MAX).optional(),
    /** Names of streams, or of categories with a star: `messages-*`. */
    streams: z.array(name).min(1).max(NAMES_MAX).optional(),
    /** By the event's own time: not before `from`, and before `to`. */
    from: moment.optional(),
    to: moment.optional(),
    personal,
    share,
  }),
  'export-view': z.strictObject({ collection: name, share }),
  'show-state': z.strictObject({ stream: name, at: asOf.optional(), personal }),
  'show-view': z.strictObject({ collection: name, id: name, at: moment.optional(), replay: z.boolean(), personal, share }),
  /** Builds as `projections list` names them: `messages@2`, `messages@2.1`. */
  'diff-builds': z.strictObject({ one: name, other: name, share }),
} as const;

/** `place`: everything up to there has been told, however little of it was asked for. */
export type ExportLine = { readonly is: 'event'; readonly event: LogLine } | { readonly is: 'place'; readonly place: Position; readonly looked: number };

/** A field that may say something of a person is not among them. */
export type ExportedDocument = { readonly id: string; readonly document: Readonly<Record<string, unknown>> };

export type StateLine = {
  readonly stream: string;
  /** Of the last event in it, and when that happened; -1 and null where there was none yet. */
  readonly revision: number;
  readonly at: Instant | null;
  readonly events: number;
  readonly state: unknown;
};

/** `needs-replay`: it can be known only by reading everything, which is as long as so many positions of the logs. */
export type ViewLine =
  | { readonly is: 'needs-replay'; readonly positions: number }
  | { readonly is: 'progress'; readonly events: number }
  /** Null: there was no such document then. `streams`: 0 where everything was read. `at`: of the last event in it. */
  | { readonly is: 'document'; readonly document: Document | null; readonly events: number; readonly streams: number; readonly at: string | null };

/** A document of one of the builds, as far as it may be shown; null where it has none. */
type Side = { readonly document: Document | null; readonly seen: SourceRevisions };
export type DifferenceLine =
  | { readonly is: 'progress' | 'result'; readonly compared: number; readonly different: number }
  | {
      readonly is: 'difference';
      readonly collection: string;
      readonly id: string;
      readonly fields: readonly string[];
      readonly one: Side;
      readonly other: Side;
    };

export type AnalyticsLines = {
  readonly 'list-logs': { readonly log: string; readonly head: Position | null; readonly epoch: LogEpoch };
  readonly 'export-log': ExportLine;
  readonly 'export-view': ExportedDocument;
  readonly 'show-state': StateLine;
  readonly 'show-view': ViewLine;
  readonly 'diff-builds': DifferenceLine;
};
