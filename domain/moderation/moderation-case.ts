/**
 * Everything about one thing that was reported: it is open while a report or an appeal waits for a moderator. Many may report one
 * thing; each counts once, and beyond `REPORTERS_MAX` nobody's report makes it any more urgent while it is open.
 */
import type { ActingAs } from '../operators/roles.ts';
import { accept, refuse, type Decider, type Decision, type Refusal } from '../shared/decider.ts';
import type { PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import { emptyMap, has, withEntry, type PersistentMap } from '../shared/persistent-map.ts';
import type { CaseEvent, CaseOutcome } from './events.ts';
import type { Subject } from './subject.ts';
import { refusalOfAppeal, refusalOfStatement } from './texts.ts';
import type { Violation } from './violations.ts';

export const REPORTERS_MAX = 1_000;

export type CaseState = {
  readonly status: 'none' | 'open' | 'closed';
  readonly reporters: PersistentMap<PersonId, true>;
  /** An appeal. */
  readonly awaitsAnswer: boolean;
  /** When the decision was made that was appealed against last. */
  readonly appealed: Instant | null;
};

export type CaseCommand =
  | {
      readonly type: 'report';
      readonly subject: Subject;
      readonly about: PersonId;
      readonly actor: PersonId;
      readonly violation: Violation;
      readonly text?: string;
      /** Why the actor may not report it, for they can't see it. */
      readonly refusal: Refusal | undefined;
      readonly at: Instant;
    }
  | {
      readonly type: 'appeal';
      readonly subject: Subject;
      readonly actor: PersonId;
      readonly text: string;
      /** When it was decided against the actor; null where nothing is, or where it isn't the actor's. */
      readonly against: Instant | null;
      readonly at: Instant;
    }
  | {
      readonly type: 'close';
      readonly subject: Subject;
      readonly about: PersonId;
      readonly by: ActingAs;
      readonly outcome: CaseOutcome;
      readonly at: Instant;
    };

export const moderationCase: Decider<CaseState, CaseCommand, CaseEvent> = {
  snapshotVersion: 1,
  initialState: { status: 'none', reporters: emptyMap(), awaitsAnswer: false, appealed: null },

  evolve: (state, event) => {
    switch (event.type) {
      case 'moderation.reported.v1':
        return { ...state, status: 'open', reporters: withEntry(state.reporters, event.data.by, true) };
      case 'moderation.appealed.v1':
        return { ...state, status: 'open', awaitsAnswer: true, appealed: event.data.against };
      case 'moderation.case-closed.v1':
        return { ...state, status: 'closed', awaitsAnswer: false };
    }
  },

  decide: (state, command) => {
    switch (command.type) {
      case 'report':
        return report(state, command);
      case 'appeal':
        return appeal(state, command);
      case 'close': {
        const { type: _, ...data } = command;
        // Hiding what nobody has reported is a decision too. Dismissing is an answer to somebody.
        return state.status === 'open' || (command.outcome !== 'dismissed' && state.status === 'none')
          ? accept({ type: 'moderation.case-closed.v1', data: { ...data, ...(state.awaitsAnswer && { answersAppeal: true as const }) } })
          : accept();
      }
    }
  },
};

function report(
  { status, reporters }: CaseState,
  { actor: by, subject, about, violation, text, refusal, at }: Extract<CaseCommand, { type: 'report' }>,
): Decision<CaseEvent> {
  if (about === by) return refuse('self-not-allowed');
  // One that was closed is opened by the next: many who report what is harmless make it safe from no later report.
  if (has(reporters, by) || (status === 'open' && reporters.size >= REPORTERS_MAX)) return accept();
  if (refusal !== undefined) return { outcome: 'refused', refusal };
  const data = { subject, about, by, violation, ...(text !== undefined && { text }), at };
  return refusalOfStatement(text) ?? accept({ type: 'moderation.reported.v1', data });
}

function appeal({ appealed }: CaseState, { actor: about, subject, text, against, at }: Extract<CaseCommand, { type: 'appeal' }>): Decision<CaseEvent> {
  if (against === null) return refuse('nothing-to-appeal');
  if (appealed === against) return refuse('appealed-already');
  return refusalOfAppeal(text) ?? accept({ type: 'moderation.appealed.v1', data: { subject, about, against, text, at } });
}
